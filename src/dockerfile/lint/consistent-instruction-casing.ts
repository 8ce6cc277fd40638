import type {Dockerfile} from '../stages.js';
import {isLower, isUpper, keywordOf} from './casing.js';
import type {LintRule, Report} from './rule.js';

const rule: LintRule = {
  name: 'ConsistentInstructionCasing',
  description:
    'All commands within the Dockerfile should use the same casing (either upper or lower)',
};

/** The majority decides, upper case when there is none; ARGs before the first FROM do not count. */
export function checkConsistentInstructionCasing({stages}: Dockerfile, report: Report): void {
  const all = stages
    .flatMap(({from, instructions}) => [from, ...instructions])
    .map((instruction) => ({instruction, keyword: keywordOf(instruction)}));
  const lower = all.filter(({keyword}) => isLower(keyword)).length;
  const upper = all.filter(({keyword}) => isUpper(keyword)).length;
  const [fits, wanted] = lower > upper ? [isLower, 'lowercase'] : [isUpper, 'uppercase'];
  for (const {instruction, keyword} of all) {
    if (fits(keyword)) continue;
    const message = `Command '${keyword}' should match the case of the command majority (${wanted})`;
    report(rule, message, instruction);
  }
}
