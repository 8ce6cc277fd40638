import type {ExposeInstruction} from '../../dockerfile/instruction.js';
import type {LintRule, Report} from '../../dockerfile/lint/rule.js';

const rule: LintRule = {
  name: 'ExposeInvalidFormat',
  description:
    'IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a future release',
};

/** `port`: one word, expanded. */
export function checkExposeInvalidFormat(
  instruction: ExposeInstruction,
  port: string,
  report: Report,
): void {
  if (!port.includes(':')) return;
  const message = `EXPOSE instruction should not define an IP address or host-port mapping, found '${port}'`;
  report(rule, message, instruction);
}
