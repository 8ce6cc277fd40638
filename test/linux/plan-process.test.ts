import {existsSync, writeFileSync} from 'node:fs';
import {constants} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {capabilityMask} from '../../src/linux/capability-names.js';
import {launch} from '../../src/linux/launch.js';
import {NAMESPACE_FLAGS} from '../../src/linux/namespaces.js';
import {launcherAs} from '../helpers/launcher.js';
import {testUser, testUserNames} from '../helpers/users.js';
import {bpf} from './bpf.js';
import {planFor, rootFor, runPlan, runScript, shell} from './test-plan.js';

const exited = (code: number) => ({kind: 'exited', code});

describe.each(testUserNames)('the process of a plan, as %s', (name) => {
  test('has the names, limits and mask it was given', async () => {
    const {stdout} = await runScript(name, {
      steps: [
        {do: 'hostname', name: 'box'},
        {do: 'domainname', name: 'example'},
        {do: 'rlimit', resource: 7, soft: 100, hard: 200},
        {do: 'umask', mode: 0o27},
        {do: 'chdir', path: '/etc'},
        {do: 'write', path: '/etc/written', data: 'by the plan\n'},
      ],
      script:
        'hostname; cat /proc/sys/kernel/domainname; ulimit -n; ulimit -Hn; umask; pwd; cat written',
    });
    expect(stdout).toBe('box\nexample\n100\n200\n0027\n/etc\nby the plan\n');
  });

  test('finds none of the descriptors that the caller left open, not even as its working directory', async () => {
    using root = rootFor(name);
    const careless = join(root.base, 'careless');
    const script = `#!/bin/sh\nexec 9</usr\nexec ${launcherAs(name)} "$@"\n`;
    writeFileSync(careless, script, {mode: 0o755});
    const plan = planFor(name, root.path, {
      steps: [{do: 'chdir', path: '/proc/self/fd/9'}],
      script: 'ls',
    });
    const {outcome} = launch(plan, {launcher: careless, stdin: 'ignore'});
    expect(await outcome).toEqual({kind: 'failed', step: 2, errno: constants.errno.ENOENT});
  });

  test('does not begin outside of its root, though other processes are in sight', async (context) => {
    if (testUser(name).uid !== 0) return context.skip('only root shares the pids of others');
    using root = rootFor(name);
    const plan = planFor(name, root.path, {
      steps: [{do: 'chdir', path: `/proc/${process.pid}/root`}],
      script: 'ls',
      plan: {namespaces: NAMESPACE_FLAGS.mount},
    });
    const {outcome} = await runPlan(name, plan);
    expect(outcome).toEqual({kind: 'failed', step: 2, errno: constants.errno.EACCES});
  });

  test('keeps its hard limit where it may not be raised', async () => {
    const {outcome, stdout} = await runScript(name, {
      steps: [
        {do: 'rlimit', resource: 7, soft: 100, hard: 200},
        {do: 'bounding-set', keep: 0n},
        {do: 'capabilities', effective: 0n, permitted: 0n, inheritable: 0n, ambient: 0n},
        {do: 'rlimit', resource: 7, soft: 1000, hard: Number.POSITIVE_INFINITY},
      ],
      script: 'ulimit -n; ulimit -Hn',
    });
    expect({outcome, stdout}).toEqual({outcome: exited(0), stdout: '200\n200\n'});
  });

  test('has the loopback device up', async () => {
    const {stdout} = await runScript(name, {
      steps: [{do: 'loopback-up'}],
      script: 'ip addr show lo',
    });
    expect(stdout).toMatch(/<LOOPBACK,UP/);
    expect(stdout).toContain('127.0.0.1/8');
  });

  test('is the user it was told to be, in these groups, with these capabilities and no others', async () => {
    const kept = capabilityMask(['CAP_CHOWN', 'CAP_NET_BIND_SERVICE']);
    const ambient = capabilityMask(['CAP_NET_BIND_SERVICE']);
    const {stdout} = await runScript(name, {
      steps: [
        {do: 'bounding-set', keep: kept},
        {do: 'user', uid: 1000, gid: 1001, additionalGids: [10, 44]},
        {do: 'capabilities', effective: kept, permitted: kept, inheritable: ambient, ambient},
        {do: 'no-new-privs'},
      ],
      script: 'busybox grep -E "^(Uid|Gid|Groups|Cap|NoNew)" /proc/self/status',
    });
    const facts = Object.fromEntries(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(/:\s+/)),
    );
    const hex = (mask: bigint): string => mask.toString(16).padStart(16, '0');
    expect(facts).toEqual({
      Uid: '1000\t1000\t1000\t1000',
      Gid: '1001\t1001\t1001\t1001',
      Groups: '10 44 ',
      CapInh: hex(ambient),
      CapPrm: hex(ambient),
      CapEff: hex(ambient),
      CapBnd: hex(kept),
      CapAmb: hex(ambient),
      NoNewPrivs: '1',
    });
  });

  test('keeps only the capabilities the launcher has itself', async () => {
    const all = (1n << 64n) - 1n;
    const {outcome} = await runScript(name, {
      steps: [{do: 'capabilities', effective: all, permitted: all, inheritable: all, ambient: 0n}],
      script: 'exit 0',
    });
    expect(outcome).toEqual(exited(0));
  });

  test('is filtered by the seccomp program', async () => {
    const [mkdir, mkdirat] = process.arch === 'x64' ? [83, 258] : [34, 34];
    const program = bpf([
      {load: 'number'},
      {equal: mkdir, otherwise: 1},
      {answer: constants.errno.EXDEV},
      {equal: mkdirat, otherwise: 1},
      {answer: constants.errno.EXDEV},
      'allow',
    ]);
    const {stderr, stdout} = await runScript(name, {
      steps: [{do: 'no-new-privs'}, {do: 'seccomp', program, flags: 0}],
      script: 'busybox mkdir /tmp/x; echo still here',
    });
    expect(stderr).toContain('Invalid cross-device link');
    expect(stdout).toBe('still here\n');
  });

  test('has the descriptors 0, 1 and 2 and none of ours, and default signals', async () => {
    const {stdout} = await runScript(name, {
      script: 'exec ls /proc/self/fd; ',
    });
    // The fourth is ls's own, of the folder it lists.
    expect(stdout).toBe('0\n1\n2\n3\n');
    const signals = await runScript(name, {
      script: 'exec busybox grep -E "^Sig(Blk|Ign)" /proc/self/status',
    });
    expect(signals.stdout).toBe('SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n');
  });

  test('has clocks of its own in a time namespace', async (context) => {
    if (!existsSync('/proc/self/ns/time')) context.skip('the kernel has no time namespaces');
    using root = rootFor(name);
    const plan = planFor(name, root.path, {script: 'cat /proc/uptime'});
    const {stdout, outcome} = await runPlan(name, {
      ...plan,
      namespaces: plan.namespaces | NAMESPACE_FLAGS.time,
      timeOffsets: [
        {clock: 'monotonic', secs: 86_400, nanosecs: 0},
        {clock: 'boottime', secs: 1_000_000_000, nanosecs: 0},
      ],
    });
    expect(outcome).toEqual(exited(0));
    expect(Number(stdout.split('.')[0])).toBeGreaterThan(1_000_000_000);
  });

  test('is a child of process 1 under init, which reaps and passes its end on', async () => {
    const script = [
      'busybox sh -c "(busybox sleep 0.05; exit 0) & exit 0"',
      'busybox sleep 0.2',
      'busybox ps -o pid,stat | busybox grep -c Z',
      'echo $PPID $$',
      'exit 9',
    ].join('\n');
    const {stdout, outcome} = await runScript(name, {script, plan: {init: true}});
    expect({stdout, outcome}).toEqual({stdout: '0\n1 2\n', outcome: exited(9)});
  });

  test('that dies of a signal under init ends with 128 and the signal', async () => {
    const {outcome} = await runScript(name, {script: 'kill -KILL $$', plan: {init: true}});
    expect(outcome).toEqual(exited(137));
  });

  test('joins namespaces of another process', async (context) => {
    if (testUser(name).uid !== 0) context.skip('joining is for who owns the namespace');
    using root = rootFor(name);
    const first = launchIn(root.path);
    const pid = await first.started;
    const paths = ['mount', 'pid', 'uts'] as const;
    const files = {mount: 'mnt', pid: 'pid', uts: 'uts'};
    const {stdout, outcome} = await runPlan(name, {
      ...planFor(name, root.path, {script: ''}),
      namespaces: 0,
      join: paths.map((kind) => ({
        kind: NAMESPACE_FLAGS[kind],
        path: `/proc/${pid}/ns/${files[kind]}`,
      })),
      steps: [shell('hostname; busybox ps -o args | busybox grep -c "^sleep 1000"')],
    });
    first.kill('SIGKILL');
    expect({stdout, outcome}).toEqual({stdout: 'joined\n1\n', outcome: exited(0)});
    expect(await first.outcome).toEqual({kind: 'signaled', signal: 9});
  });
});

function launchIn(rootfs: string) {
  const plan = planFor('root', rootfs, {
    steps: [{do: 'hostname', name: 'joined'}],
    script: 'exec sleep 1000',
  });
  return launch(plan, {launcher: launcherAs('root'), stdin: 'ignore'});
}
