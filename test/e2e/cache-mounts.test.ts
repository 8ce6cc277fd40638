/** Cache mounts on their way from one machine to another, and out of the store. */
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace, outcome, type Place} from './place.js';

const filling = (command: string): string =>
  `FROM busybox\nRUN --mount=type=cache,id=one,target=/one ${command}\nRUN --mount=type=cache,id=two,target=/two,uid=7,mode=0711 touch /two/second\n`;

const build = (place: Place, command: string) =>
  place.ok(['build', '-q', '--no-cache', place.context({Dockerfile: filling(command)})]);

const mounts = async (place: Place): Promise<{id: string; size: number}[]> =>
  JSON.parse((await place.ok(['cache', 'mounts', 'ls', '--json'])).stdout);

describe.each(testUserNames)('cache mounts, as %s', (user) => {
  test('fill in one store, and are used in another', async (context) => {
    needs(context, 'user namespaces');
    await using first = await openPlace(user, ['busybox']);
    await build(
      first,
      'mkdir /one/d && echo kept > /one/d/file && ln /one/d/file /one/hard && ln -s d/file /one/soft && chmod 4750 /one/hard',
    );
    expect((await mounts(first)).map(({id}) => id)).toEqual(['/one', '/two']);
    const archive = join(first.directory, 'caches.tar');
    await first.ok(['cache', 'mounts', 'export', '-o', archive]);

    await using second = await openPlace(user, ['busybox']);
    const imported = await second.ok(['cache', 'mounts', 'import'], {stdin: archive});
    expect(imported.stdout).toMatch(/^\/one {2}\S+kB\n\/two {2}\S+kB\n$/);
    const dockerfile = `FROM busybox
RUN --mount=type=cache,id=one,target=/one --mount=type=cache,id=two,target=/two,uid=7,mode=0711 \
 (cat /one/soft; stat -c '%a %h' /one/hard; ls /two; stat -c '%a %u' /two) > /seen
`;
    await second.ok(['build', '-q', '-t', 'seen', second.context({Dockerfile: dockerfile})]);
    const seen = await second.ok(['run', '--rm', 'seen', 'cat', '/seen']);
    expect(seen.stdout).toBe('kept\n4750 2\nsecond\n711 7\n');
    // Equal directories are an equal archive.
    const again = join(first.directory, 'again.tar');
    await first.ok(['cache', 'mounts', 'export', '-o', again]);
    expect(readFileSync(again).equals(readFileSync(archive))).toBe(true);
  });

  test('leave behind what is too old or too much', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    await build(
      place,
      'cd /one && for n in 1 2 3; do head -c 300000 /dev/zero > $n; touch -d "2020-01-0$n 00:00" $n; done; touch new',
    );
    const sizeOf = async (...flags: string[]): Promise<number> => {
      const path = join(place.directory, 'trimmed.tar');
      await place.ok(['cache', 'mounts', 'export', ...flags, '-o', path, 'one']);
      return Math.round(readFileSync(path).length / 300_000);
    };
    expect(await sizeOf()).toBe(3);
    expect(await sizeOf('--max-size', '700kB')).toBe(2);
    expect(await sizeOf('--max-age', '24h')).toBe(0);
    const unknown = await place.run(['cache', 'mounts', 'export', '-o', 'x', 'nowhere']);
    expect(unknown.stderr).toContain('E_NO_SUCH_CACHE_MOUNT');
  });

  test('stay as they are when what comes is poisoned, too large, or for one that is in use', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    await build(place, 'echo good > /one/file');
    const archive = join(place.directory, 'caches.tar');
    await place.ok(['cache', 'mounts', 'export', '-o', archive]);
    await build(place, 'echo better > /one/file');

    const poisoned = Buffer.from(readFileSync(archive));
    poisoned.write('evil', poisoned.indexOf('good\n'));
    const bad = join(place.directory, 'bad.tar');
    writeFileSync(bad, poisoned);
    const save = join(place.directory, 'image.tar');
    await place.ok(['save', '-o', save, 'busybox']);
    for (const [flags, code] of [
      [['-i', bad], 'E_BAD_ARCHIVE'],
      [['-i', save], 'E_NOT_CACHE_MOUNTS'],
      [['-i', archive, '--max-size', '1kB'], 'E_BAD_ARCHIVE'],
    ] as const) {
      const refused = await place.run(['cache', 'mounts', 'import', ...flags]);
      expect(refused).toMatchObject({code: 1, stderr: expect.stringContaining(code)});
    }
    const files = place.context({Dockerfile: filling('cat /one/file; echo be""gun; sleep 600')});
    const child = place.start(['build', '--progress', 'plain', '--no-cache', files]);
    const ended = outcome(child);
    try {
      let said = '';
      for await (const data of child.stderr ?? []) {
        said += String(data);
        if (said.includes('begun')) break;
      }
      expect(said).toContain('better');
      const refused = await place.run(['cache', 'mounts', 'import', '-i', archive]);
      expect(refused.stderr).toContain('E_CACHE_MOUNT_IN_USE');
      const pruned = await place.ok(['cache', 'mounts', 'prune', '--force']);
      expect(pruned.stdout).toMatch(/^\/two {2}\S+\nTotal reclaimed space/);
    } finally {
      child.kill('SIGINT');
      await ended;
    }
    expect((await mounts(place)).map(({id}) => id)).toEqual(['/one']);
    await place.ok(['cache', 'mounts', 'prune', '--force', '--unused-for', '1h']);
    expect(await mounts(place)).toHaveLength(1);
    await place.ok(['cache', 'mounts', 'prune', '--force', '--max-size', '0']);
    expect(await mounts(place)).toEqual([]);
  });
});
