import {nearest} from '../../dockerfile/did-you-mean.js';
import type {LintRule, Report, Subject} from '../../dockerfile/lint/rule.js';

const rule: LintRule = {
  name: 'UndefinedVar',
  description: 'Variables should be defined before their use',
};

/** `known`: what may have been meant. */
export function reportUndefinedVar(
  name: string,
  known: Iterable<string>,
  {report, subject}: {report: Report; subject: Subject},
): void {
  const near = nearest(name, known);
  const hint = near === undefined ? '' : ` (did you mean $${near}?)`;
  report(rule, `Usage of undefined variable '$${name}'${hint}`, subject);
}
