import type {TextInstruction} from '../../dockerfile/instruction.js';
import type {LintRule, Report} from '../../dockerfile/lint/rule.js';

const rule: LintRule = {
  name: 'WorkdirRelativePath',
  description:
    'Relative workdir without an absolute workdir declared within the build can have unexpected results if the base image changes',
};

/** Only the first WORKDIR of a stage and those it stands on: an absolute one mends all after it. */
export function checkWorkdirRelativePath(
  instruction: TextInstruction,
  {path, first}: {path: string; first: boolean},
  report: Report,
): void {
  if (!first || path.startsWith('/')) return;
  const message = `Relative workdir ${JSON.stringify(path)} can have unexpected results if the base image changes`;
  report(rule, message, instruction);
}
