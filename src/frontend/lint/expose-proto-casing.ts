import type {ExposeInstruction} from '../../dockerfile/instruction.js';
import type {LintRule, Report} from '../../dockerfile/lint/rule.js';

const rule: LintRule = {
  name: 'ExposeProtoCasing',
  description: 'Protocol in EXPOSE instruction should be lowercase',
};

/** `port`: one word, expanded. */
export function checkExposeProtoCasing(
  instruction: ExposeInstruction,
  port: string,
  report: Report,
): void {
  const protocol = port.split('/', 2)[1] ?? '';
  if (protocol === protocol.toLowerCase()) return;
  report(rule, `Defined protocol '${port}' in EXPOSE instruction should be lowercase`, instruction);
}
