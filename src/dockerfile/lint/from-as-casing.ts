import type {Dockerfile} from '../stages.js';
import {isLower, isUpper, keywordOf} from './casing.js';
import type {LintRule, Report} from './rule.js';

const rule: LintRule = {
  name: 'FromAsCasing',
  description: "The 'as' keyword should match the case of the 'from' keyword",
};

/** A FROM in mixed case is left to ConsistentInstructionCasing. */
export function checkFromAsCasing({stages}: Dockerfile, report: Report): void {
  for (const {from} of stages) {
    const keyword = keywordOf(from);
    const as = from.written?.as;
    if (as === undefined) continue;
    if ((isLower(keyword) && !isLower(as)) || (isUpper(keyword) && !isUpper(as))) {
      report(rule, `'${as}' and '${keyword}' keywords' casing do not match`, from);
    }
  }
}
