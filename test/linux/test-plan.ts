/** Plans for a busybox root, as root and as an ordinary user, and what came of running them. */
import {spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {text} from 'node:stream/consumers';
import {subordinateRanges} from '../../src/linux/id-map.js';
import {launch} from '../../src/linux/launch.js';
import {NAMESPACE_FLAGS} from '../../src/linux/namespaces.js';
import type {IDMapping, Plan, PlanOutcome, Step} from '../../src/linux/plan.js';
import {busyboxRoot} from '../helpers/busybox-root.js';
import {launcherAs} from '../helpers/launcher.js';
import {testUser} from '../helpers/users.js';

const {mount, pid, uts, ipc, network, user} = NAMESPACE_FLAGS;
const NOSUID_NODEV_NOEXEC = 14;

/** A root file system that the user may change. */
export function rootFor(name: string) {
  const root = busyboxRoot();
  const {uid, gid} = testUser(name);
  spawnSync('chown', ['-R', `${uid}:${gid}`, root.base]);
  return root;
}

const steps = (more: readonly Step[], exec: Step): Step[] => [
  {
    do: 'mount',
    source: 'proc',
    target: '/proc',
    type: 'proc',
    flags: NOSUID_NODEV_NOEXEC,
    data: '',
    make: 'directory',
  },
  ...more,
  exec,
];

export interface Wanted {
  readonly script: string;
  /** Before the pivot. */
  readonly mounts?: readonly Step[];
  /** After the pivot. */
  readonly steps?: readonly Step[];
  readonly plan?: Partial<Plan>;
}

export const shell = (script: string): Step => ({
  do: 'exec',
  args: ['sh', '-c', script],
  env: ['PATH=/bin'],
});

/** All namespaces but time and cgroup, /proc, and a script. An ordinary user has its sub-id range. */
export function planFor(name: string, rootfs: string, wanted: Wanted): Plan {
  const {uid, gid} = testUser(name);
  const isRoot = uid === 0;
  const inner = [...(wanted.mounts ?? []), {do: 'pivot-root'} as const, ...(wanted.steps ?? [])];
  return {
    namespaces: mount | pid | uts | ipc | network | (isRoot ? 0 : user),
    join: [],
    uidMap: isRoot ? [] : rangeMap('/etc/subuid', name, {own: uid}),
    gidMap: isRoot ? [] : rangeMap('/etc/subgid', name, {own: gid}),
    timeOffsets: [],
    rootfs,
    terminal: false,
    init: false,
    steps: steps(inner, shell(wanted.script)),
    ...wanted.plan,
  };
}

function rangeMap(file: string, name: string, {own}: {own: number}): IDMapping[] {
  const {uid} = testUser(name);
  const map = [{containerID: 0, hostID: own, size: 1}];
  for (const {first, size} of subordinateRanges(readFileSync(file, 'utf8'), {name, uid})) {
    map.push({containerID: 1, hostID: first, size});
    break;
  }
  return map;
}

export interface Ran {
  readonly outcome: PlanOutcome;
  readonly stdout: string;
  readonly stderr: string;
}

export async function runPlan(name: string, plan: Plan, input?: string): Promise<Ran> {
  const running = launch(plan, {
    launcher: launcherAs(name),
    stdin: input === undefined ? 'ignore' : 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
  });
  running.stdin?.end(input);
  const [stdout, stderr, outcome] = await Promise.all([
    running.stdout ? text(running.stdout) : '',
    running.stderr ? text(running.stderr) : '',
    running.outcome,
  ]);
  return {outcome, stdout, stderr};
}

/** A script in a fresh root: the ordinary case. */
export async function runScript(name: string, wanted: Wanted): Promise<Ran> {
  using root = rootFor(name);
  return await runPlan(name, planFor(name, root.path, wanted));
}

/** A step: an empty file system at the path, which is made. */
export const tmpfs = (target: string): Step => ({
  do: 'mount',
  source: 'tmpfs',
  target,
  type: 'tmpfs',
  flags: 6,
  data: 'mode=755,size=64k',
  make: 'directory',
});
