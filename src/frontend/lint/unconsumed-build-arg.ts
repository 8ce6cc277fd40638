import {didYouMean} from '../../dockerfile/did-you-mean.js';
import type {LintRule, Report} from '../../dockerfile/lint/rule.js';

const rule: LintRule = {
  name: 'UnconsumedBuildArg',
  description: 'A build arg should be declared by an ARG of the Dockerfile',
  advice: true,
};

export function reportUnconsumedBuildArg(
  name: string,
  declared: ReadonlySet<string>,
  report: Report,
): void {
  report(rule, `build-arg ${name} was not consumed${didYouMean(name, declared)}`, {});
}
