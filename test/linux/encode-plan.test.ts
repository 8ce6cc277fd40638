import {spawn} from 'node:child_process';
import {constants} from 'node:os';
import type {Duplex, Writable} from 'node:stream';
import {describe, expect, test} from 'vitest';
import {encodePlan} from '../../src/linux/encode-plan.js';
import {NAMESPACE_FLAGS} from '../../src/linux/namespaces.js';
import {readOutcome} from '../../src/linux/outcome-records.js';
import type {Plan, PlanOutcome, Step} from '../../src/linux/plan.js';
import {launcherPath} from '../helpers/launcher.js';

const {EINVAL} = constants.errno;
const plan: Plan = {
  namespaces: 0,
  join: [],
  uidMap: [],
  gidMap: [],
  timeOffsets: [],
  rootfs: '',
  terminal: false,
  init: false,
  steps: [
    {do: 'chdir', path: '/'},
    {do: 'exec', args: ['/bin/sh', '-c', 'exit 33'], env: ['A=b']},
  ],
};
const exec = plan.steps.slice(-1);
const withStep = (step: Step): Plan => ({...plan, steps: [step, ...exec]});

test.each([
  {title: 'a NUL in a path', plan: withStep({do: 'chdir', path: '/a\0b'})},
  {title: 'a NUL in the rootfs', plan: {...plan, rootfs: '/r\0'}},
  {
    title: 'a NUL in the environment',
    plan: {...plan, steps: [{do: 'exec', args: ['x'], env: ['A=\0']}]},
  },
  {title: 'a negative id', plan: withStep({do: 'user', uid: -1, gid: 0, additionalGids: []})},
  {title: 'a fraction', plan: withStep({do: 'umask', mode: 0.5})},
  {title: 'no number', plan: withStep({do: 'umask', mode: Number.NaN})},
  {title: 'a negative limit', plan: withStep({do: 'rlimit', resource: 7, soft: -1, hard: 1})},
  {title: 'a capability set of 65 bits', plan: withStep({do: 'bounding-set', keep: 1n << 64n})},
  {
    title: 'a map past 32 bits',
    plan: {...plan, uidMap: [{containerID: 0, hostID: 2 ** 32, size: 1}]},
  },
  {
    title: 'an offset that is not exact',
    plan: {...plan, timeOffsets: [{clock: 'boottime', secs: 2 ** 60, nanosecs: 0}]},
  },
  {title: 'more than 8 MiB', plan: withStep({do: 'write', path: '/x', data: 'x'.repeat(9 << 20)})},
] satisfies {title: string; plan: Plan}[])(
  'a plan with $title is not written',
  ({plan: hostile}) => {
    expect(() => encodePlan(hostile)).toThrow(expect.objectContaining({code: 'E_INVALID_PLAN'}));
  },
);

/** What the launcher makes of bytes. */
async function carryOut(bytes: Uint8Array): Promise<PlanOutcome | undefined> {
  const child = spawn(launcherPath(), ['--plan', '3', '--outcome', '4'], {
    stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe'],
  });
  const pipe = child.stdio[3] as Writable;
  pipe.on('error', () => undefined);
  pipe.end(bytes);
  return readOutcome(child.stdio[4] as Duplex).ended;
}

const refused = {kind: 'failed', step: -1, errno: EINVAL};

describe('the launcher', () => {
  test('carries out what encodePlan writes', async () => {
    expect(await carryOut(encodePlan(plan))).toEqual({kind: 'exited', code: 33});
  });

  test('takes texts of any length and content, and many of them', async () => {
    const long = 'ü'.repeat(30_000);
    const many = Array.from({length: 5000}, (_, at) => `V${at}=${at}`);
    const script = `[ "$1" = "$LONG" ] && [ "$V4999" = 4999 ] && [ -z "$2" ] && exit 44`;
    const args = ['/bin/sh', '-c', script, 'sh', long, ''];
    const steps: Step[] = [{do: 'exec', args, env: [...many, `LONG=${long}`]}];
    expect(await carryOut(encodePlan({...plan, steps}))).toEqual({kind: 'exited', code: 44});
  });

  test('refuses a plan cut off at any place', async () => {
    const bytes = encodePlan(plan);
    for (let size = 0; size < bytes.byteLength; size += 3) {
      expect(await carryOut(bytes.subarray(0, size))).toEqual(refused);
    }
  });

  const patched = (at: number, value: number, of: Plan = plan): Buffer => {
    const bytes = Buffer.from(encodePlan(of));
    bytes.writeUInt32LE(value, at);
    return bytes;
  };
  // magic 0, version 4, flags 8, namespaces 12, rootfs 16 (5 bytes when empty), joins 21, uids 25, gids 29, times 33,
  // steps 37, first step 41
  test.each([
    {title: 'bytes after the end', bytes: Buffer.concat([encodePlan(plan), Buffer.of(0)])},
    {title: 'another magic', bytes: patched(0, 0)},
    {title: 'another version', bytes: patched(4, 2)},
    {title: 'unknown flags', bytes: patched(8, 4)},
    {title: 'clone flags that are no namespaces', bytes: patched(12, 0x100)},
    {title: 'a text longer than the plan', bytes: patched(16, 0xffff_fff0)},
    {title: 'a text as long as 32 bits can say', bytes: patched(16, 0xffff_ffff)},
    {title: 'more joins than bytes', bytes: patched(21, 16)},
    {title: 'more ids than bytes', bytes: patched(25, 340)},
    {title: 'more steps than bytes', bytes: patched(37, 4096)},
    {title: 'a step count of 32 bits', bytes: patched(37, 0xffff_ffff)},
    {title: 'no steps', bytes: patched(37, 0)},
    {title: 'step 0', bytes: patched(41, 0)},
    {title: 'a step nobody knows', bytes: patched(41, 21)},
    {title: 'a step in the shape of another', bytes: patched(41, 12)},
    {title: 'a text that ends in no NUL', bytes: unterminated()},
    {title: 'a NUL inside a text', bytes: interrupted()},
    {title: 'no exec at the end', bytes: encodePlan({...plan, steps: plan.steps.slice(0, 1)})},
    {title: 'an exec before the end', bytes: encodePlan({...plan, steps: [...exec, ...exec]})},
    {
      title: 'an exec of nothing',
      bytes: encodePlan({...plan, steps: [{do: 'exec', args: [], env: ['A=b']}]}),
    },
    {
      title: 'a mount in the caller’s mount namespace',
      bytes: encodePlan(withStep({do: 'remount', target: '/', flags: 1})),
    },
    {
      title: 'a pivot in the caller’s mount namespace',
      bytes: encodePlan(withStep({do: 'pivot-root'})),
    },
    {
      title: 'a pivot to a relative rootfs',
      bytes: encodePlan({
        ...withStep({do: 'pivot-root'}),
        namespaces: NAMESPACE_FLAGS.mount,
        rootfs: 'x',
      }),
    },
    {
      title: 'two pivots',
      bytes: encodePlan({
        ...plan,
        namespaces: NAMESPACE_FLAGS.mount,
        rootfs: '/',
        steps: [{do: 'pivot-root'}, {do: 'pivot-root'}, ...exec],
      }),
    },
    {
      title: 'time offsets without a time namespace',
      bytes: encodePlan({...plan, timeOffsets: [{clock: 'boottime', secs: 1, nanosecs: 0}]}),
    },
    {
      title: 'an id map without a user namespace',
      bytes: encodePlan({...plan, uidMap: [{containerID: 0, hostID: 0, size: 1}]}),
    },
    {
      title: 'a join of two kinds at once',
      bytes: encodePlan({...plan, join: [{kind: 0x0c00_0000, path: '/proc/self/ns/uts'}]}),
    },
  ])('refuses $title', async ({bytes}) => {
    expect(await carryOut(bytes)).toEqual(refused);
  });

  test('tells a namespace to join that is not there', async () => {
    const join = [{kind: NAMESPACE_FLAGS.uts, path: '/no/such/ns'}];
    const outcome = await carryOut(encodePlan({...plan, join}));
    expect(outcome).toEqual({kind: 'failed', step: -1, errno: constants.errno.ENOENT});
  });

  test('gives up on a plan that never ends', async () => {
    const outcome = await carryOut(Buffer.alloc(17 << 20, 1));
    expect(outcome).toEqual({kind: 'failed', step: -1, errno: constants.errno.E2BIG});
  });
});

function unterminated(): Buffer {
  const bytes = Buffer.from(encodePlan(plan));
  const at = bytes.indexOf('exit 33') + 'exit 33'.length;
  bytes[at] = 0x21;
  return bytes;
}

function interrupted(): Buffer {
  const bytes = Buffer.from(encodePlan(plan));
  bytes[bytes.indexOf('exit 33') + 2] = 0;
  return bytes;
}
