import {didYouMean} from '../../dockerfile/did-you-mean.js';
import type {LintRule, Report} from '../../dockerfile/lint/rule.js';
import type {StageExpansion} from './stage-expansion.js';

const rule: LintRule = {
  name: 'UndefinedArgInFrom',
  description: 'FROM command must use declared ARGs',
};

/** An ARG without a value is declared all the same. */
export function checkUndefinedArgInFrom(
  {from, base, platform}: StageExpansion,
  declared: ReadonlySet<string>,
  report: Report,
): void {
  for (const name of [...base.unset, ...(platform?.unset ?? [])]) {
    if (declared.has(name)) continue;
    report(rule, `FROM argument '${name}' is not declared${didYouMean(name, declared)}`, from);
  }
}
