import {keywordOf} from '../../dockerfile/lint/casing.js';
import type {LintRule, Report} from '../../dockerfile/lint/rule.js';
import type {StageInstruction} from '../../dockerfile/stages.js';

const rule: LintRule = {
  name: 'JSONArgsRecommended',
  description:
    'JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals',
};

/** Who set a SHELL knows what the shell form does. */
export function checkJSONArgsRecommended(
  instruction: StageInstruction,
  shell: readonly string[] | undefined,
  report: Report,
): void {
  if (instruction.kind !== 'cmd' && instruction.kind !== 'entrypoint') return;
  if (instruction.command.form === 'exec' || (shell?.length ?? 0) > 0) return;
  const message = `JSON arguments recommended for ${keywordOf(instruction)} to prevent unintended behavior related to OS signals`;
  report(rule, message, instruction);
}
