/** Plans as lines of text, and the machine they are made for. */
import {namesOfCapabilities} from '../../src/linux/capability-names.js';
import type {Plan, Step} from '../../src/linux/plan.js';
import type {RuntimeConfig} from '../../src/oci/runtime-spec.js';
import type {HostFacts} from '../../src/sandbox/host-facts.js';
import {lower} from '../../src/sandbox/lower.js';

const ALL_IDS = [{containerID: 0, hostID: 0, size: 2 ** 32 - 1}];

export const rootHost: HostFacts = {
  architecture: 'amd64',
  userNamespace: false,
  uids: ALL_IDS,
  gids: ALL_IDS,
  unifiedCgroup: true,
  processors: 1,
  openFiles: 524288,
};

/** A step in a line: names of flags are the kernel's numbers. */
function shown(step: Step): string {
  const {do: verb, ...rest} = step;
  if (step.do === 'seccomp') return 'seccomp';
  if (step.do === 'bounding-set') return `${verb} ${namesOfCapabilities(step.keep).length} names`;
  if (step.do === 'capabilities') {
    const sets = [step.effective, step.permitted, step.inheritable, step.ambient];
    return `${verb} ${sets.map((set) => namesOfCapabilities(set).length).join(' ')}`;
  }
  const values = Object.values(rest).map((value) => {
    if (value === '') return "''";
    return Array.isArray(value) ? `[${value.join(' ')}]` : String(value);
  });
  return [verb, ...values].join(' ');
}

const stepsOf = (plan: Plan): string[] => plan.steps.map(shown);
export const plan = (config: RuntimeConfig): string[] =>
  stepsOf(lower(config, {architecture: 'amd64'}));
