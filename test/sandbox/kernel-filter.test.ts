import {execFileSync} from 'node:child_process';
import {chmodSync} from 'node:fs';
import {constants} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import type {Mount} from '../../src/oci/runtime-spec.js';
import {hasBusybox} from '../helpers/busybox-root.js';
import {needs} from '../helpers/needs.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {singleIDUser, testUserNames} from '../helpers/users.js';
import {runStep, shell} from './step-runner.js';

/** The probe, static, as a mount of the container. */
function probeMount(folder: string): Mount {
  const source = join(folder, 'probe');
  const program = fileURLToPath(new URL('probe.c', import.meta.url));
  execFileSync('sh', ['-c', 'cc -static -o "$1" "$2"', 'sh', source, program]);
  chmodSync(folder, 0o755);
  return {destination: '/probe', type: 'bind', source, options: ['bind', 'ro']};
}

/** By docker's default profile. */
const ANSWERS = {
  'newest+': 'ENOSYS',
  clone3: 'ENOSYS',
  unshare: 'EPERM',
  keyctl: 'EPERM',
  bpf: 'EPERM',
  vsock: 'EPERM',
  unix: 'OK',
  personality: 'OK',
  randomize: 'EPERM',
  setgroups: 'OK',
  chown: 'OK',
  setresuid: 'OK',
};

async function probe(user: string, seccomp?: 'unconfined'): Promise<Record<string, string>> {
  await using folder = temporaryFolder();
  const mounts = [probeMount(folder.path)];
  const container = {mounts, ...(seccomp === undefined ? {} : {seccomp})};
  const {stdout} = await runStep(user, {args: ['/probe'], container});
  const names = new Map([
    ['0', 'OK'],
    [String(constants.errno.EPERM), 'EPERM'],
    [String(constants.errno.ENOSYS), 'ENOSYS'],
  ]);
  const pairs = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(' ') as [string, string]);
  return Object.fromEntries(pairs.map(([name, errno]) => [name, names.get(errno) ?? errno]));
}

describe.skipIf(!hasBusybox)('the filter in the kernel', () => {
  test.each(testUserNames)(
    'left out, leaves each process a keyring of its own all the same, as %s',
    async (user) => {
      await using folder = temporaryFolder();
      const container = {mounts: [probeMount(folder.path)], seccomp: 'unconfined'} as const;
      const run = () => runStep(user, {args: ['/probe', 'keyring'], container});
      const rings = [(await run()).stdout, (await run()).stdout];
      expect(rings).toEqual([expect.stringMatching(/^\d+\n$/), expect.stringMatching(/^\d+\n$/)]);
      expect(rings[0]).not.toBe(rings[1]);
    },
  );

  test.each(testUserNames)('answers calls as docker’s does, as %s', async (user) => {
    expect(await probe(user)).toEqual(ANSWERS);
  });

  test('lets a process be that asks for none', async (context) => {
    needs(context, 'root');
    expect(await probe('root', 'unconfined')).toMatchObject({randomize: 'OK'});
  });

  test('pretends changes of identity where one id is all there is', async (context) => {
    const user = singleIDUser();
    if (user === undefined)
      return context.skip('needs root, to make a user without subordinate ids');
    expect(await probe(user.name)).toEqual(ANSWERS);
    const {stdout} = await runStep(user.name, {
      args: shell('echo x > /f && chown 12:34 /f && ls -ln /f'),
    });
    expect(stdout).toMatch(/^-rw-r--r-- +1 0 +0 +2 /);
  });
});
