/**
 * A plan as bytes, for native/plan-decode.c.
 *
 *   "TSBP"  version  flags (1 terminal, 2 init)  namespaces                     u32 each
 *   rootfs                                                                      text
 *   joins:        count, (kind u32, path text)…
 *   uids, gids:   count, (container u32, host u32, size u32)… each
 *   time offsets: count, (clock u32, secs i64, nanosecs u32)…
 *   steps:        count, (kind u32, numbers: count, u64…, texts: count, text…)…
 *
 * A text is its length as u32, its bytes, and a NUL. Throws InvalidPlanError for a number that does not fit, text
 * with a NUL, and more than 8 MiB.
 */
import {InvalidPlanError} from './errors.js';
import type {IDMapping, Plan, Step} from './plan.js';
import {PlanBytes} from './plan-bytes.js';

const MAGIC = 0x50425354;
const VERSION = 1;
const SIZE_MAX = 8 << 20;
const CLOCKS = {monotonic: 1, boottime: 7} as const;
const MAKE = {nothing: 0, directory: 1, file: 2} as const;
const RLIM_INFINITY = 0xffff_ffff_ffff_ffffn;

/** Numbers as enum step_kind of native/launcher.h. */
const KINDS: Readonly<Record<Step['do'], number>> = {
  mount: 1,
  remount: 2,
  device: 3,
  symlink: 4,
  'pivot-root': 5,
  mask: 6,
  'read-only': 7,
  write: 8,
  hostname: 9,
  domainname: 10,
  'loopback-up': 11,
  rlimit: 12,
  umask: 13,
  'no-new-privs': 14,
  seccomp: 15,
  'bounding-set': 16,
  user: 17,
  capabilities: 18,
  chdir: 19,
  exec: 20,
};

type Content = readonly [
  numbers: readonly (number | bigint)[],
  texts?: readonly (string | Uint8Array)[],
];

export function encodePlan(plan: Plan): Buffer {
  const bytes = new PlanBytes(SIZE_MAX);
  bytes.u32(MAGIC, 'magic').u32(VERSION, 'version');
  bytes.u32((plan.terminal ? 1 : 0) | (plan.init ? 2 : 0), 'flags');
  bytes.u32(plan.namespaces, 'namespaces').text(plan.rootfs, 'rootfs');
  bytes.u32(plan.join.length, 'join');
  for (const {kind, path} of plan.join) bytes.u32(kind, 'join.kind').text(path, 'join.path');
  writeMap(bytes, plan.uidMap);
  writeMap(bytes, plan.gidMap);
  bytes.u32(plan.timeOffsets.length, 'timeOffsets');
  for (const {clock, secs, nanosecs} of plan.timeOffsets) {
    bytes.u32(CLOCKS[clock], 'timeOffsets.clock');
    bytes.i64(secs, 'timeOffsets.secs').u32(nanosecs, 'timeOffsets.nanosecs');
  }
  bytes.u32(plan.steps.length, 'steps');
  for (const step of plan.steps) writeStep(bytes, step);
  return bytes.finish();
}

function writeMap(bytes: PlanBytes, map: readonly IDMapping[]): void {
  bytes.u32(map.length, 'id map');
  for (const {containerID, hostID, size} of map) {
    bytes.u32(containerID, 'containerID').u32(hostID, 'hostID').u32(size, 'size');
  }
}

function writeStep(bytes: PlanBytes, step: Step): void {
  const [numbers, texts = []] = contentOf(step);
  bytes.u32(KINDS[step.do], 'step').u32(numbers.length, step.do);
  for (const number of numbers) bytes.u64(toBigInt(number, step.do), step.do);
  bytes.u32(texts.length, step.do);
  for (const text of texts) {
    if (typeof text === 'string') bytes.text(text, step.do);
    else bytes.blob(text, step.do);
  }
}

function toBigInt(value: number | bigint, where: string): bigint {
  if (typeof value === 'bigint') return value;
  if (!Number.isSafeInteger(value)) throw new InvalidPlanError(where, value);
  return BigInt(value);
}

/** Limits are up to 2^64-1, more than a number holds: what is not exact any more stands for "no limit". */
function limit(value: number): number | bigint {
  return value > Number.MAX_SAFE_INTEGER ? RLIM_INFINITY : value;
}

function contentOf(step: Step): Content {
  switch (step.do) {
    case 'mount':
      return [
        [step.flags, MAKE[step.make]],
        [step.source, step.target, step.type, step.data],
      ];
    case 'remount':
      return [[step.flags], [step.target]];
    case 'device':
      return [[step.major, step.minor, step.mode], [step.path]];
    case 'symlink':
      return [[], [step.target, step.path]];
    case 'mask':
    case 'read-only':
    case 'chdir':
      return [[], [step.path]];
    case 'write':
      return [[], [step.path, Buffer.from(step.data)]];
    case 'hostname':
    case 'domainname':
      return [[], [step.name]];
    case 'pivot-root':
    case 'loopback-up':
    case 'no-new-privs':
      return [[]];
    default:
      return contentOfProcessStep(step);
  }
}

type ProcessStep = Extract<
  Step,
  {do: 'rlimit' | 'umask' | 'seccomp' | 'bounding-set' | 'user' | 'capabilities' | 'exec'}
>;

function contentOfProcessStep(step: ProcessStep): Content {
  switch (step.do) {
    case 'rlimit':
      return [[step.resource, limit(step.soft), limit(step.hard)]];
    case 'umask':
      return [[step.mode]];
    case 'seccomp':
      return [[step.flags], [step.program]];
    case 'bounding-set':
      return [[step.keep]];
    case 'user':
      return [[step.uid, step.gid, ...step.additionalGids]];
    case 'capabilities':
      return [[step.effective, step.permitted, step.inheritable, step.ambient]];
    case 'exec':
      return [[step.args.length], [...step.args, ...step.env]];
  }
}
