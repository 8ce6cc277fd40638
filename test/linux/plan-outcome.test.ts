import {readlinkSync, writeFileSync} from 'node:fs';
import {constants} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {NAMESPACE_FLAGS} from '../../src/linux/namespaces.js';
import type {Step} from '../../src/linux/plan.js';
import {needs} from '../helpers/needs.js';
import {testUser, testUserNames} from '../helpers/users.js';
import {planFor, rootFor, runPlan, runScript, tmpfs} from './test-plan.js';

const {ENOENT, EACCES, ENOEXEC, EINVAL, EPERM} = constants.errno;
const exited = (code: number) => ({kind: 'exited', code});

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
