import {existsSync, readdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace, outcome, type Place} from './place.js';
import {sharedPlace} from './shared-place.js';

describe.each(testUserNames)('RUN --mount, as %s', (user) => {
  // For those whose steps are no other's.
  const stocked = sharedPlace(user, ['busybox']);

  test('a target behind a symlink of the image stays in the image', async (context) => {
    needs(context, 'user namespaces');
    const place = await stocked();
    const outside = join(place.directory, 'outside');
    place.write(`${outside}/`, '');
    const files = place.context({
      Dockerfile: `FROM busybox
RUN ln -s ${outside} /absolute && ln -s ../../../../../..${outside} /climbing
RUN --mount=type=tmpfs,target=/absolute/t --mount=type=cache,target=/climbing/c \\
    mount | grep -c ' on ${outside}/[tc] '; touch /absolute/t/x /climbing/c/y
RUN ls -A / ${outside} 2>&1; true
`,
    });
    const {log} = await place.build(files, 'links');
    expect(log).toMatch(/^#\d+ [\d.]+ 2$/m);
    expect(log).toContain(`ls: ${outside}: No such file or directory`);
    expect(readdirSync(outside)).toEqual([]);
  });

  test('mounting on a file, on nothing and in a directory that is missing leaves no trace in the layer', async (context) => {
    needs(context, 'user namespaces');
    const place = await stocked();
    const files = place.context({
      Dockerfile: `FROM busybox
RUN echo original > /file
RUN --mount=source=new,target=/file --mount=source=new,target=/no/such/file \\
    --mount=type=cache,target=/no/such/cache --mount=type=secret,id=s,target=/file2 \\
    --mount=type=tmpfs,target=/deep/er/still cat /file /no/such/file /file2
RUN cat /file; ls /
`,
      new: 'mounted\n',
      secret: 'hush-hush',
    });
    const {log} = await place.build(files, 'traces', '--secret', `id=s,src=${files}/secret`);
    expect(log.match(/mounted/g)).toHaveLength(2);
    expect(log).toMatch(/\d original$/m);
    expect(log).not.toMatch(/ (no|deep|file2)$/m);
    const {stdout} = await place.ok(['inspect', '--format', '{{json .RootFS.Layers}}', 'traces']);
    const layers: string[] = JSON.parse(stdout);
    expect(layers.at(-1)).toBe(layers.at(-2));
  });

  test('a bind shows the context as COPY would, and nothing that is written comes back', async (context) => {
    needs(context, 'user namespaces');
    const place = await stocked();
    const files = place.context({
      Dockerfile: `FROM busybox
WORKDIR /src
RUN --mount=target=. --mount=type=cache,target=made/here find . -type f | sort; stat -c %u:%g kept
RUN --mount=target=. touch new 2>&1 || true
RUN --mount=target=.,rw echo changed > kept; cat kept; touch new
RUN ls -A
`,
      '.dockerignore': 'hidden\n',
      kept: 'kept\n',
      hidden: 'hidden\n',
    });
    const {log} = await place.build(files, 'binds');
    expect(log).not.toContain('./hidden');
    expect(log).toMatch(/ 0:0$/m);
    expect(log).toContain('touch: new: Read-only file system');
    expect(log).toMatch(/ changed$/m);
    expect(readdirSync(files).sort()).toEqual(['.dockerignore', 'Dockerfile', 'hidden', 'kept']);
    expect((await place.ok(['run', '--rm', 'binds', 'ls', '-A', '/src'])).stdout).toBe('');
  });

  test('a bind counts by the files it shows, and by no others', async (context) => {
    needs(context, 'user namespaces');
    const place = await stocked();
    const files = place.context({
      Dockerfile: `FROM busybox AS source
COPY . /all
FROM busybox
RUN --mount=from=source,source=/all/shown,target=/in --mount=source=shown,target=/too cat /in/*
`,
      'shown/file': 'one\n',
      'beside/file': 'a\n',
    });
    const step = (log: readonly {name: string; state: string}[]) =>
      log.find(({name}) => name.includes('cat /in'))?.state;
    await place.build(files, 'counted');
    place.write(join(files, 'beside/file'), 'b\n');
    expect(step((await place.build(files, 'counted')).steps)).toBe('cached');
    place.write(join(files, 'shown/file'), 'two\n');
    const changed = await place.build(files, 'counted');
    expect(step(changed.steps)).toBe('done');
    expect(changed.log).toMatch(/ two$/m);
  });

  test('a cache is there at the next build, whatever --no-cache says, and empty after it was removed', async (context) => {
    needs(context, 'user namespaces', 'root');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({
      Dockerfile: `FROM busybox AS seed
RUN mkdir /seed && echo seeded > /seed/log
FROM busybox
RUN --mount=type=cache,id=log,target=/c echo x >> /c/log; echo lines: $(wc -l < /c/log)
RUN --mount=type=cache,target=/d,from=seed,source=/seed,uid=7,mode=0750 cat /d/log; stat -c %u:%a /d
`,
    });
    const lines = async (...flags: string[]) =>
      /lines: (\d+)/.exec((await place.build(files, 'cached', ...flags)).log)?.[1];
    expect(await lines()).toBe('1');
    expect(await lines()).toBeUndefined();
    expect(await lines('--no-cache')).toBe('2');
    expect(await lines('--build-arg', 'BUILDKIT_CACHE_MOUNT_NS=other', '--no-cache')).toBe('1');
    const {log} = await place.build(files, 'cached', '--no-cache');
    expect(log).toMatch(/ seeded$/m);
    expect(log).toMatch(/ 7:750$/m);
    rmSync(join(place.store, 'mounts'), {recursive: true, force: true});
    expect(await lines('--no-cache')).toBe('1');
    const found = await place.ok(['run', '--rm', 'cached', 'ls', '/']);
    expect(found.stdout).not.toMatch(/^[cd]$/m);
  });

  test('two builds on one locked cache take turns, and the second is told who has it', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const [first, second] = await bothBuilds(place, 'locked');
    expect(`${first.stderr}${second.stderr}`).not.toContain('overlap');
    expect(`${first.stderr}${second.stderr}`).toMatch(
      /waiting for the cache mount \/c, held by .*RUN --mount.* of process \d+ since /,
    );
  });

  test('two builds on one private cache have a copy each', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const [first, second] = await bothBuilds(place, 'private');
    expect(`${first.stderr}${second.stderr}`).not.toMatch(/overlap|waiting/);
    const [name = ''] = readdirSync(join(place.store, 'mounts'));
    expect(readdirSync(join(place.store, 'mounts', name))).toEqual(
      expect.arrayContaining(['0', '1']),
    );
  });

  test('two builds on one shared cache are in it together', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const [first, second] = await bothBuilds(place, 'shared');
    expect(`${first.stderr}${second.stderr}`).toContain('overlap');
  });
});

/** Each step says `overlap` when it meets the other in the cache. */
async function bothBuilds(place: Place, sharing: string) {
  const builds = ['first', 'second'].map((name) => {
    const files = place.context({
      Dockerfile: `FROM busybox
RUN --mount=type=cache,id=one,target=/c,sharing=${sharing} \\
    mkdir /c/${name}; for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do \\
    if [ $(ls /c | wc -l) -gt 1 ]; then echo over''lap; break; fi; sleep 0.1; done; \\
    sleep 0.3; rmdir /c/${name}
`,
    });
    return () => outcome(place.start(['build', '--progress', 'plain', files]));
  });
  const [first, second] = builds as [
    () => ReturnType<typeof outcome>,
    () => ReturnType<typeof outcome>,
  ];
  const running = first();
  await untilExists(join(place.store, 'mounts'));
  const [one, two] = await Promise.all([running, second()]);
  expect([one.code, two.code], `${one.stderr}${two.stderr}`).toEqual([0, 0]);
  return [one, two] as const;
}

async function untilExists(path: string): Promise<void> {
  while (!existsSync(path)) await sleep(10);
}
