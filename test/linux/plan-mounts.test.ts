import {chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync} from 'node:fs';
import {constants} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {encodePlan} from '../../src/linux/encode-plan.js';
import {launch} from '../../src/linux/launch.js';
import {outcomeInFile} from '../../src/linux/outcome-records.js';
import type {Plan, PlanOutcome, Step} from '../../src/linux/plan.js';
import {launcherAs, launcherPath} from '../helpers/launcher.js';
import {testUserNames} from '../helpers/users.js';
import {bpf} from './bpf.js';
import {planFor, rootFor, runPlan, runScript, tmpfs} from './test-plan.js';

const MS_BIND = 4096;
const exited = (code: number) => ({kind: 'exited', code});

const bind = (source: string, target: string, make: 'directory' | 'file'): Step => ({
  do: 'mount',
  source,
  target,
  type: '',
  flags: MS_BIND,
  data: '',
  make,
});

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

const SYS_openat2 = 437;

/** The launcher runs the plan behind a filter that makes its kernel look like one before 5.6. */
async function runWithoutOpenat2(name: string, plan: Plan): Promise<PlanOutcome | undefined> {
  const filter = bpf([
    {load: 'number'},
    {equal: SYS_openat2, otherwise: 1},
    {answer: constants.errno.ENOSYS},
    'allow',
  ]);
  const around: Plan = {
    ...plan,
    namespaces: 0,
    uidMap: [],
    gidMap: [],
    steps: [
      {do: 'seccomp', program: filter, flags: 0},
      {
        do: 'exec',
        args: ['/bin/sh', '-c', `exec ${launcherAs(name)} --plan 3 --outcome 4 3<&0 4>&1`],
        env: ['PATH=/usr/bin'],
      },
    ],
  };
  const running = launch(around, {launcher: launcherPath(), stdin: 'pipe', stdout: 'pipe'});
  running.stdin?.end(encodePlan(plan));
  const records: Buffer[] = [];
  running.stdout?.on('data', (chunk: Buffer) => records.push(chunk));
  await running.outcome;
  return outcomeInFile(Buffer.concat(records));
}

test.runIf(process.getuid?.() === 0).each([
  {
    title: 'follows links inside the root',
    link: '/OUTSIDE',
    path: 'mnt/target',
    outcome: exited(0),
  },
  {
    title: 'makes what a dangling link names',
    link: '../..//OUTSIDE/new/er',
    path: 'mnt',
    outcome: exited(0),
  },
  {
    title: 'gives up on links that go round',
    link: 'mnt',
    path: 'mnt',
    outcome: {kind: 'failed', step: 1, errno: constants.errno.ELOOP},
  },
])('a kernel without openat2: $title', async ({link, path, outcome}) => {
  using root = rootFor('root');
  using outside = rootFor('root');
  mkdirSync(join(outside.path, 'target'));
  symlinkSync(link.replace('/OUTSIDE', outside.path), join(root.path, 'mnt'));
  const script = `echo x >/${path}/file`;
  const plan = planFor('root', root.path, {mounts: [tmpfs(`/${path}`)], script});
  expect(await runWithoutOpenat2('root', plan)).toEqual(outcome);
  expect(existsSync(join(outside.path, 'target/file'))).toBe(false);
  expect(existsSync(join(outside.path, 'new'))).toBe(false);
});
