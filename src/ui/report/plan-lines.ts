/** What `build --plan` tells: a row for each step, and below those that run why. */
import type {BuildPlan, StepPlan} from '../../app/build/plan-build.js';
import {printable} from '../text/printable.js';
import {formatTable} from '../text/table.js';
import {formatBytes, seconds} from '../text/units.js';
import {explanationLines} from './explanation-lines.js';

/** Lines without their ends. */
export function planLines({steps, pullBytes}: BuildPlan): string[] {
  const rows = steps.flatMap((step) => {
    const [first = '', ...rest] = reasonLines(step);
    return [[step.outlook, took(step), first], ...rest.map((line) => ['', '', line])];
  });
  const count = (outlook: StepPlan['outlook']): number =>
    steps.filter((step) => step.outlook === outlook).length;
  return [
    ...formatTable([['OUTLOOK', 'TOOK', 'STEP'], ...rows]),
    '',
    `To run: ${count('MISS')}; maybe: ${count('UNKNOWN')}; from the cache: ${count('HIT')}`,
    `To pull: ${formatBytes(pullBytes, 3)}`,
  ];
}

const took = ({duration}: StepPlan): string => (duration === undefined ? '' : seconds(duration));

function reasonLines({name, explanation, decidedBy, from}: StepPlan): string[] {
  if (explanation) return explanationLines(name, explanation);
  if (decidedBy) return [printable(`${name}: decided by what ${decidedBy.join(' and ')} makes`)];
  return [printable(from === undefined ? name : `${name} (from ${from})`)];
}
