import type {Dockerfile} from '../stages.js';
import type {LintRule, Report} from './rule.js';

const rule: LintRule = {
  name: 'NoEmptyContinuation',
  description: 'Empty continuation lines will become errors in a future release',
};

/** Reported on the last line of the instruction, as docker does. */
export function checkNoEmptyContinuation({emptyContinuations}: Dockerfile, report: Report): void {
  for (const {lines, comments} of emptyContinuations) {
    const last = {first: lines.last, last: lines.last};
    report(rule, 'Empty continuation line', {lines: last, comments});
  }
}
