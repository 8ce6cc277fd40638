import type {LintRule, Report, Subject} from '../../dockerfile/lint/rule.js';

const rule: LintRule = {
  name: 'SecretsUsedInArgOrEnv',
  description: 'Sensitive data should not be used in the ARG or ENV commands',
};

const secret =
  /(?:_|^)(?:apikey|auth|credential|credentials|key|password|pword|passwd|secret|token)(?:_|$)/i;
const harmless = /(?:_|^)(?:public|file|version)(?:_|$)/i;

/** By the words of the name. */
export function checkSecretsUsedInArgOrEnv(
  keyword: 'ARG' | 'ENV',
  name: string,
  {report, subject}: {report: Report; subject: Subject},
): void {
  if (!secret.test(name) || harmless.test(name)) return;
  const message = `Do not use ARG or ENV instructions for sensitive data (${keyword} ${JSON.stringify(name)})`;
  report(rule, message, subject);
}
