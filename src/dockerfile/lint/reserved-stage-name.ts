import type {Dockerfile} from '../stages.js';
import type {LintRule, Report} from './rule.js';

const rule: LintRule = {
  name: 'ReservedStageName',
  description: 'Reserved words should not be used as stage names',
};

const reserved = new Set(['context', 'scratch']);

export function checkReservedStageName({stages}: Dockerfile, report: Report): void {
  for (const {from} of stages) {
    const {name} = from;
    if (name === undefined || !reserved.has(name)) continue;
    report(rule, `Stage name should not use the same name as reserved stage "${name}"`, from);
  }
}
