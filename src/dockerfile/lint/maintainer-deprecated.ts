import type {Dockerfile} from '../stages.js';
import type {LintRule, Report} from './rule.js';

const rule: LintRule = {
  name: 'MaintainerDeprecated',
  description:
    'The MAINTAINER instruction is deprecated, use a label instead to define an image author',
};

export function checkMaintainerDeprecated({stages}: Dockerfile, report: Report): void {
  for (const instruction of stages.flatMap(({instructions}) => instructions)) {
    if (instruction.kind !== 'maintainer') continue;
    report(rule, 'Maintainer instruction is deprecated in favor of using label', instruction);
  }
}
