import type {Dockerfile} from '../stages.js';
import type {LintRule, Report} from './rule.js';

const rule: LintRule = {name: 'StageNameCasing', description: 'Stage names should be lowercase'};

export function checkStageNameCasing({stages}: Dockerfile, report: Report): void {
  for (const {from} of stages) {
    const name = from.written?.name;
    if (name === undefined || name === name.toLowerCase()) continue;
    report(rule, `Stage name '${name}' should be lowercase`, from);
  }
}
