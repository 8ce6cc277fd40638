import type {Dockerfile} from '../stages.js';
import type {LintRule, Report} from './rule.js';

const rule: LintRule = {name: 'DuplicateStageName', description: 'Stage names should be unique'};

export function checkDuplicateStageName({stages}: Dockerfile, report: Report): void {
  const seen = new Set<string>();
  for (const {from} of stages) {
    const {name} = from;
    if (name === undefined) continue;
    if (seen.has(name)) {
      report(rule, `Duplicate stage name "${name}", stage names should be unique`, from);
    }
    seen.add(name);
  }
}
