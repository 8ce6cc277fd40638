import {readlinkSync} from 'node:fs';
import {setTimeout} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace, type Place} from './place.js';

const KINDS = [
  {flag: '--pid', file: 'pid'},
  {flag: '--ipc', file: 'ipc'},
  {flag: '--uts', file: 'uts'},
  {flag: '--cgroupns', file: 'cgroup'},
] as const;

/** The namespace that a process of a container sees itself in. */
async function namespaceOf(place: Place, file: string, ...flags: readonly string[]) {
  const command = ['busybox', 'readlink', `/proc/self/ns/${file}`];
  return (await place.ok(['run', '--rm', ...flags, ...command])).stdout.trim();
}

/** A container that runs until the place goes. */
async function sleeper(place: Place, name: string): Promise<void> {
  const child = place.start(['run', '--rm', '--name', name, 'busybox', 'sleep', '60']);
  child.on('exit', () => undefined);
  for (;;) {
    const probe = ['run', '--rm', '--pid', `container:${name}`, 'busybox', 'true'];
    const {code, stderr} = await place.run(probe);
    if (code === 0 || stderr.includes('E_CONTAINER_OUT_OF_REACH')) return;
    await setTimeout(50);
  }
}

describe.each(testUserNames)('namespaces of run, as %s', (user) => {
  test.each(KINDS)('$flag host is the host’s, $flag private is not', async (kind) => {
    const {flag, file} = kind;
    await using place = await openPlace(user, ['busybox']);
    const ours = readlinkSync(`/proc/self/ns/${file}`);
    expect(await namespaceOf(place, file, flag, 'host')).toBe(ours);
    expect(await namespaceOf(place, file, flag, 'private')).not.toBe(ours);
  });

  test('--userns private is a namespace below, with every id at its own number', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const ours = readlinkSync('/proc/self/ns/user');
    expect(await namespaceOf(place, 'user', '--userns', 'private')).not.toBe(ours);
    const map = ['run', '--rm', '--userns', 'private', 'busybox', 'cat', '/proc/self/uid_map'];
    const ids = (await place.ok(map)).stdout.trim().split(/\s+/);
    expect(ids.slice(0, 2)).toEqual(['0', '0']);
  });

  test.each([
    {value: 'shared', code: 'E_INVALID_RUN_OPTION'},
    {value: 'container:nobody', code: 'E_NO_SUCH_CONTAINER'},
  ])('--pid $value is refused: $code', async ({value, code}) => {
    await using place = await openPlace(user, ['busybox']);
    const {code: exit, stderr} = await place.run([
      'run',
      '--rm',
      '--pid',
      value,
      'busybox',
      'true',
    ]);
    expect(stderr).toContain(`code: ${code}`);
    expect(exit).toBe(125);
  });

  test('container:<name> of a container that has ended is refused', async () => {
    await using place = await openPlace(user, ['busybox']);
    await place.ok(['run', '--name', 'ended', 'busybox', 'true']);
    const {stderr} = await place.run([
      'run',
      '--rm',
      '--ipc',
      'container:ended',
      'busybox',
      'true',
    ]);
    expect(stderr).toContain('code: E_CONTAINER_NOT_RUNNING');
  });

  test('container:<name> shares the namespaces of a running container, as root', async () => {
    await using place = await openPlace(user, ['busybox']);
    await sleeper(place, 'first');
    const flags = ['--pid', '--ipc', '--uts', '--network'].flatMap((flag) => [
      flag,
      'container:first',
    ]);
    const seen = await place.run(['run', '--rm', ...flags, 'busybox', 'ps']);
    if (user === 'root') expect(seen.stdout).toMatch(/\b1 root +sleep 60/);
    else expect(seen.stderr).toContain('code: E_CONTAINER_OUT_OF_REACH');
    await place.run(['rm', '-f', 'first']);
  });
});
