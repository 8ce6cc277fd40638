import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {constants} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {capabilityMask} from '../../src/linux/capability-names.js';
import {launch} from '../../src/linux/launch.js';
import {NAMESPACE_FLAGS} from '../../src/linux/namespaces.js';
import type {Step} from '../../src/linux/plan.js';
import {launcherAs} from '../helpers/launcher.js';
import {needs} from '../helpers/needs.js';
import {testUser, testUserNames} from '../helpers/users.js';
import {planFor, rootFor, runPlan, runScript, shell} from './test-plan.js';

const {ENOENT, EACCES, ENOEXEC, EINVAL, EPERM} = constants.errno;
const exited = (code: number) => ({kind: 'exited', code});
const MS_BIND = 4096;

const tmpfs = (target: string): Step => ({
  do: 'mount',
  source: 'tmpfs',
  target,
  type: 'tmpfs',
  flags: 6,
  data: 'mode=755,size=64k',
  make: 'directory',
});

const bind = (source: string, target: string, make: 'directory' | 'file'): Step => ({
  do: 'mount',
  source,
  target,
  type: '',
  flags: MS_BIND,
  data: '',
  make,
});

describe.each(testUserNames)('a plan carried out as %s', (name) => {
  test('runs in namespaces of its own', async (context) => {
    needs(context, 'user namespaces', 'subordinate ids');
    const kinds = ['mnt', 'pid', 'uts', 'ipc', 'net'];
    const {outcome, stdout} = await runScript(name, {
      script: `for n in ${kinds.join(' ')}; do busybox readlink /proc/self/ns/$n; done`,
    });
    expect(outcome).toEqual(exited(0));
    const inside = stdout.trim().split('\n');
    const outside = kinds.map((kind) => readlinkSync(`/proc/self/ns/${kind}`));
    expect(inside).toHaveLength(kinds.length);
    for (const [at, one] of inside.entries()) expect(one).not.toBe(outside[at]);
  });

  test('sees nothing of the host: the root is the rootfs, and the old one is gone', async () => {
    const {stdout} = await runScript(name, {
      script: 'ls /; echo $$; cat /proc/self/mountinfo | busybox wc -l; ls /../..',
    });
    const folders = ['bin', 'dev', 'etc', 'home', 'proc', 'sys', 'tmp'];
    expect(stdout.trim().split('\n')).toEqual([...folders, '1', '2', ...folders]);
  });

  test.each([
    {script: 'exit 0', outcome: {kind: 'exited', code: 0}},
    {script: 'exit 7', outcome: {kind: 'exited', code: 7}},
    {script: 'exit 255', outcome: {kind: 'exited', code: 255}},
  ])('tells how "$script" ended', async ({script, outcome}) => {
    expect((await runScript(name, {script})).outcome).toEqual(outcome);
  });

  test('tells the signal that killed it', async () => {
    const {outcome} = await runScript(name, {
      script: 'kill -TERM $$; busybox true',
      plan: {namespaces: NAMESPACE_FLAGS.mount | userBit(name)},
    });
    expect(outcome).toEqual(
      // /proc cannot be mounted in a pid namespace that is another user namespace's.
      name === 'root'
        ? {kind: 'signaled', signal: constants.signals.SIGTERM}
        : {kind: 'failed', step: 0, errno: EPERM},
    );
  });

  const failures: {title: string; steps: Step[]; step: number; errno: number}[] = [
    {
      title: 'a mount on a path that is not there',
      steps: [{do: 'remount', target: '/missing', flags: 1}],
      step: 2,
      errno: ENOENT,
    },
    {
      title: 'a file system that does not exist',
      steps: [tmpfs('/tmp'), {...tmpfs('/tmp'), type: 'nosuchfs'} as Step],
      step: 3,
      errno: constants.errno.ENODEV,
    },
    {
      title: 'a working directory that is not there',
      steps: [{do: 'chdir', path: '/missing'}],
      step: 2,
      errno: ENOENT,
    },
    {
      title: 'a working directory that is a file',
      steps: [{do: 'chdir', path: '/etc/passwd'}],
      step: 2,
      errno: constants.errno.ENOTDIR,
    },
    {
      title: 'a filter that is no program',
      steps: [{do: 'seccomp', program: new Uint8Array(8).fill(0xff), flags: 0}],
      step: 2,
      errno: EINVAL,
    },
    {
      title: 'a resource that does not exist',
      steps: [{do: 'rlimit', resource: 99, soft: 1, hard: 1}],
      step: 2,
      errno: EINVAL,
    },
    {
      title: 'a user whose number would wrap around to root',
      steps: [{do: 'user', uid: 2 ** 32, gid: 0, additionalGids: []}],
      step: 2,
      errno: EINVAL,
    },
    {
      title: 'a group that means none',
      steps: [{do: 'user', uid: 0, gid: 2 ** 32 - 1, additionalGids: []}],
      step: 2,
      errno: EINVAL,
    },
    {
      title: 'a program that is not there',
      steps: [{do: 'exec', args: ['nosuch'], env: ['PATH=/bin:/sbin']}],
      step: 2,
      errno: ENOENT,
    },
    {
      title: 'an empty name of a program',
      steps: [{do: 'exec', args: [''], env: []}],
      step: 2,
      errno: ENOENT,
    },
    {
      title: 'a program that may not be executed',
      steps: [{do: 'exec', args: ['/etc/passwd'], env: []}],
      step: 2,
      errno: EACCES,
    },
    {
      title: 'a folder for a program',
      steps: [{do: 'exec', args: ['/etc'], env: []}],
      step: 2,
      errno: EACCES,
    },
  ];
  test.each(failures)('names step and errno of $title', async ({steps, step, errno}) => {
    using root = rootFor(name);
    const plan = planFor(name, root.path, {script: 'exit 0', steps});
    const last = steps.at(-1)?.do === 'exec' ? plan.steps.slice(0, -1) : plan.steps;
    const {outcome, stdout, stderr} = await runPlan(name, {...plan, steps: last});
    expect({outcome, stdout, stderr}).toEqual({
      outcome: {kind: 'failed', step, errno},
      stdout: '',
      stderr: '',
    });
  });

  test('names the exec of a file that is no program', async () => {
    using root = rootFor(name);
    writeFileSync(join(root.path, 'bin/text'), 'neither ELF nor script', {mode: 0o755});
    const plan = planFor(name, root.path, {script: ''});
    const exec: Step = {do: 'exec', args: ['text'], env: ['PATH=/bin']};
    const {outcome} = await runPlan(name, {...plan, steps: [...plan.steps.slice(0, -1), exec]});
    expect(outcome).toEqual({kind: 'failed', step: 2, errno: ENOEXEC});
  });

  test('reports a rootfs that is not there at the pivot', async () => {
    const plan = planFor(name, '/no/such/rootfs', {script: ''});
    expect((await runPlan(name, plan)).outcome).toEqual({kind: 'failed', step: 1, errno: ENOENT});
  });
});

function userBit(name: string): number {
  return testUser(name).uid === 0 ? 0 : NAMESPACE_FLAGS.user;
}

describe.each(testUserNames)('mounts of a plan, as %s', (name) => {
  test.each([
    {title: 'an absolute link', link: '/OUTSIDE/target', path: 'mnt'},
    {title: 'a link that climbs', link: '../../../../../../../../OUTSIDE/target', path: 'mnt'},
    {title: 'a link in the middle', link: '/OUTSIDE', path: 'mnt/target'},
  ])('stay inside the root when the image has $title', async ({link, path}) => {
    using root = rootFor(name);
    using outside = rootFor(name);
    mkdirSync(join(outside.path, 'target'));
    writeFileSync(join(outside.path, 'target/untouched'), '');
    symlinkSync(link.replace('/OUTSIDE', outside.path), join(root.path, 'mnt'));
    const {outcome, stdout} = await runPlan(
      name,
      planFor(name, root.path, {
        mounts: [tmpfs(`/${path}`)],
        script: `ls /${path}; echo x >/${path}/new`,
      }),
    );
    expect({outcome, stdout}).toEqual({outcome: exited(0), stdout: ''});
    expect(existsSync(join(outside.path, 'target/new'))).toBe(false);
    // What was made for the mount lies inside, where the link points as seen from there.
    expect(existsSync(join(root.path, outside.path, 'target'))).toBe(true);
  });

  test('refuse a target behind links that go round', async () => {
    using root = rootFor(name);
    symlinkSync('loop', join(root.path, 'loop'));
    const plan = planFor(name, root.path, {mounts: [tmpfs('/loop/x')], script: ''});
    const {outcome} = await runPlan(name, plan);
    expect(outcome).toEqual({kind: 'failed', step: 1, errno: constants.errno.ELOOP});
  });

  test('bind files and folders, made when missing, read-only by a second step', async () => {
    using root = rootFor(name);
    writeFileSync(join(root.base, 'secret'), 'hidden\n');
    mkdirSync(join(root.base, 'folder'));
    chmodSync(join(root.base, 'folder'), 0o777);
    const {stdout, outcome} = await runPlan(
      name,
      planFor(name, root.path, {
        mounts: [
          bind(join(root.base, 'secret'), '/run/secrets/a', 'file'),
          {do: 'remount', target: '/run/secrets/a', flags: 1},
          bind(join(root.base, 'folder'), '/deep/er/folder', 'directory'),
        ],
        script:
          'cat /run/secrets/a; echo >/run/secrets/a || echo refused; echo hi >/deep/er/folder/f',
      }),
    );
    expect({stdout, outcome}).toEqual({stdout: 'hidden\nrefused\n', outcome: exited(0)});
    expect(readFileSync(join(root.base, 'folder/f'), 'utf8')).toBe('hi\n');
  });

  test('give devices that work, made or bound', async () => {
    const {stdout, stderr, outcome} = await runScript(name, {
      mounts: [
        {...tmpfs('/dev'), flags: 2} as Step,
        {do: 'device', path: '/dev/null', major: 1, minor: 3, mode: 0o20666},
        {do: 'device', path: '/dev/zero', major: 1, minor: 5, mode: 0o20666},
        {do: 'symlink', path: '/dev/fd', target: '/proc/self/fd'},
      ],
      script:
        'echo gone >/dev/null; busybox head -c 3 /dev/zero | busybox od -c | busybox head -1; busybox readlink /dev/fd',
    });
    expect({stdout, stderr, outcome}).toEqual({
      stdout: '0000000  \\0  \\0  \\0\n/proc/self/fd\n',
      stderr: '',
      outcome: exited(0),
    });
  });

  test('hide and protect paths, and skip those that are absent', async () => {
    const {stdout, outcome} = await runScript(name, {
      mounts: [
        {...tmpfs('/dev'), flags: 2} as Step,
        {do: 'device', path: '/dev/null', major: 1, minor: 3, mode: 0o666},
      ],
      steps: [
        {do: 'mask', path: '/etc/passwd'},
        {do: 'mask', path: '/home'},
        {do: 'mask', path: '/no/such/path'},
        {do: 'mask', path: '/etc/group/below-a-file'},
        {do: 'read-only', path: '/tmp'},
        {do: 'read-only', path: '/no/such/path'},
      ],
      script:
        'cat /etc/passwd; ls /home; echo >/home/x || echo 1; echo >/tmp/x || echo 2; echo >/ok && echo 3',
    });
    expect({stdout, outcome}).toEqual({stdout: '1\n2\n3\n', outcome: exited(0)});
  });

  test('leave nothing behind in the caller', async () => {
    const before = readFileSync('/proc/self/mountinfo', 'utf8');
    await runScript(name, {mounts: [tmpfs('/tmp')], script: 'true'});
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).toBe(before);
  });
});

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
    // mkdir(2) and mkdirat(2) of x86-64 and arm64 answer EPERM+42: load the number, compare, return.
    const word = (code: number, jt: number, jf: number, k: number): number[] => [
      ...[code & 255, code >> 8, jt, jf],
      ...[k & 255, (k >> 8) & 255, (k >> 16) & 255, (k >>> 24) & 255],
    ];
    const [mkdir, mkdirat] = process.arch === 'x64' ? [83, 258] : [34, 34];
    const program = Uint8Array.from([
      ...word(0x20, 0, 0, 0),
      ...word(0x15, 1, 0, mkdir),
      ...word(0x15, 0, 1, mkdirat),
      ...word(0x06, 0, 0, 0x0005_0000 | constants.errno.EXDEV),
      ...word(0x06, 0, 0, 0x7fff_0000),
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
