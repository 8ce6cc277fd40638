/** What the cache tells of itself, and what may go from it, with builds at work beside it. */
import {existsSync, readdirSync, utimesSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import {startGitServer} from '../helpers/git-server.js';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {serve} from '../http/http-server.js';
import {openPlace, outcome, type Place} from './place.js';

interface Entry {
  readonly id: string;
  readonly description: string;
  readonly uses: readonly {readonly project: string}[];
  readonly shared: boolean;
}

interface Pruned {
  readonly removed: readonly {readonly entry: Entry; readonly rule: string}[];
  readonly reclaimed: number;
}

const json = async <Told>(place: Place, ...args: readonly string[]): Promise<Told> =>
  JSON.parse((await place.ok([...args, '--json'])).stdout) as Told;

const steps = ({removed}: Pruned): string[] =>
  removed.map(({entry: {description}}) => description.replace(/^\[[^\]]*\] /, ''));

describe.each(testUserNames.slice(-1))('the cache, as %s', (user) => {
  test('lists, measures and shows what it holds, and prunes what it said it would', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({
      Dockerfile:
        'FROM busybox AS tool\nRUN head -c 9000 /dev/zero > /tool\n' +
        'FROM busybox\nRUN --mount=type=cache,target=/c echo 1 > /c/1; echo one > /one\nCOPY --from=tool /tool /\n',
    });
    await place.build(files, 'listed');
    const entries = await json<Entry[]>(place, 'cache', 'ls');
    expect(entries.map(({description, shared}) => [description, shared])).toEqual(
      expect.arrayContaining([
        [expect.stringContaining('RUN head'), false],
        [expect.stringContaining('COPY --from=tool'), true],
        [expect.stringContaining('cache mount'), false],
      ]),
    );
    const [first] = entries;
    const shown = await place.ok(['cache', 'inspect', first?.id ?? '']);
    expect(JSON.parse(shown.stdout)).toMatchObject([{id: first?.id}]);
    expect((await place.ok(['cache', 'du'])).stdout).toMatch(/Total: +\S+B/);
    for (const [until, left] of [
      ['until=1h', 0],
      ['until=0s', entries.length],
    ] as const) {
      expect(await json(place, 'cache', 'ls', '--filter', until)).toHaveLength(left);
      expect(await json(place, 'cache', 'du', '--filter', until)).toHaveLength(left);
    }
    expect((await place.run(['cache', 'inspect', 'ffffff'])).stderr).toContain(
      'E_NO_SUCH_CACHE_ENTRY',
    );

    const args = ['cache', 'prune', '--all', '--filter', 'description!~nothing'];
    expect((await place.run([...args, '--dry-run'])).stderr).toContain('E_CACHE_FILTER');
    const foreseen = await json<Pruned>(place, 'cache', 'prune', '--all', '--dry-run');
    const told = await place.ok(['cache', 'prune', '--all', '--dry-run', '--explain']);
    expect(told.stdout).toContain('asked for');
    const pruned = await json<Pruned>(place, 'cache', 'prune', '--all', '--force');
    expect(pruned).toEqual(foreseen);
    expect(pruned.reclaimed).toBeGreaterThan(9000);
    expect(await json<Entry[]>(place, 'cache', 'ls')).toEqual([]);
    await place.verify('listed');
  });

  test('a repository that files came from is kept, listed without its password, and pruned', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user);
    await using server = await startGitServer();
    const commit = await server.commit('x', {a: 'one'});
    const remote = `${server.url.replace('//', '//me:secret@')}/x.git`;
    const text = `FROM scratch\nADD ${remote}#${commit} /src\n`;
    const build = () => place.build(place.context({Dockerfile: text}), 'out', '--no-cache');
    const listed = () =>
      json<Entry[]>(place, 'cache', 'ls', '--filter', 'type=source.git.checkout');
    await build();
    await build();
    expect(server.fetches()).toBe(1);
    const kept = await listed();
    expect(kept.map(({description}) => description)).toEqual([
      `git repository ${server.url}/x.git`,
    ]);
    const pruned = await json<Pruned>(place, 'cache', 'prune', '--force');
    expect(steps(pruned)).toEqual([`git repository ${server.url}/x.git`]);
    expect(pruned.reclaimed).toBeGreaterThan(0);
    expect(await listed()).toEqual([]);
    await build();
    expect(server.fetches()).toBe(2);
  });

  test('what was learnt of files is listed, without an address, and ages out', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user);
    await using server = await serve((request, response) => {
      const isKnown = request.headers['if-none-match'] === '"1"';
      response.writeHead(isKnown ? 304 : 200, {etag: '"1"'}).end(isKnown ? '' : 'text');
    });
    const dockerfile = `FROM scratch\nADD ${server.url}file?token=secret /\nCOPY Dockerfile /\n`;
    const files = place.context({Dockerfile: dockerfile});
    // Digests of files that changed within two seconds are not kept.
    await sleep(2100);
    const build = () => place.build(files, 'out', '--no-cache');
    const hints = ['--filter', 'type~=^(internal|source.local)$'];
    const listed = () => json<Entry[]>(place, 'cache', 'ls', ...hints);
    await build();
    const kept = await listed();
    expect(kept.map(({description}) => description).sort()).toEqual([
      'digests of files of contexts',
      expect.stringMatching(/^where the file sha256:[0-9a-f]{64} came from$/),
    ]);
    const cache = join(place.store, 'cache');
    const [record = ''] = readdirSync(join(cache, 'remote/http'));
    const longAgo = new Date('2026-01-01');
    const paths = [join(cache, 'files'), join(cache, 'remote/http', record)];
    for (const path of paths) utimesSync(path, longAgo, longAgo);
    const old = ['--filter', 'until=24h', ...hints];
    expect(await json(place, 'cache', 'du', ...old)).toHaveLength(2);
    // Use makes both young again.
    await build();
    expect((await json<Pruned>(place, 'cache', 'prune', '-f', ...old)).removed).toEqual([]);
    const pruned = await json<Pruned>(place, 'cache', 'prune', '-f', ...hints);
    expect(pruned.removed).toHaveLength(2);
    expect(pruned.reclaimed).toBeGreaterThan(100);
    expect(paths.filter((path) => existsSync(path))).toEqual([]);
    await build();
    expect(await listed()).toHaveLength(2);
  });

  test('is collected by the policy of daemon.json, unless bounds are given', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const dockerfile = 'FROM busybox\nRUN head -c 9000 /dev/zero > /tool\n';
    const files = place.context({Dockerfile: dockerfile});
    const daemon = join(place.directory, 'daemon.json');
    const policy = {filter: ['description~=head'], maxUsedSpace: '1kb'};
    place.write(daemon, JSON.stringify({builder: {gc: {enabled: false, policy: [policy]}}}));
    await place.build(files, 'out', '--daemon-json', daemon);
    await place.ok(['image', 'rm', 'out']);
    const gc = ['cache', 'gc', '--daemon-json', daemon];
    const collected = (...flags: string[]) => json<Pruned>(place, ...gc, ...flags);
    expect((await collected('--max-used-space', '1GB')).removed).toEqual([]);
    const {removed} = await collected();
    expect(removed).toMatchObject([{rule: `rule 1 of ${daemon}`}]);
    expect(steps({removed, reclaimed: 0})).toEqual(['RUN head -c 9000 /dev/zero > /tool']);
    place.write(daemon, '{"builder": {"gc": {\n  "policy": [{"keepStorage": 5}]}}}');
    for (const args of [gc, ['build', '--daemon-json', daemon, files]]) {
      expect((await place.run(args)).stderr).toContain(
        `${daemon}:2:30: keepStorage: want a string`,
      );
    }
    await place.ok(['build', '--daemon-json', daemon, files], {env: {TSBUILD_GC: 'off'}});
  });

  test('what one project alone used goes with it, and others keep their hits', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const dockerfile = (own: string) => ({
      Dockerfile: `FROM busybox\nRUN echo shared > /s\nRUN echo ${own} > /own\n`,
    });
    const [a, b] = [place.context(dockerfile('a')), place.context(dockerfile('b'))];
    await place.build(a, 'a', '--project', 'a');
    await place.build(b, 'b', '--project', 'b');
    await place.ok(['image', 'rm', 'a', 'b']);
    const pruned = await json<Pruned>(place, 'cache', 'prune', '-f', '--project', 'a');
    expect(steps(pruned)).toEqual(['RUN echo a > /own', 'RUN echo shared > /s']);
    const again = await place.build(b, 'b', '--project', 'b');
    expect(again.steps.filter(({name}) => name.includes('RUN')).map(({state}) => state)).toEqual([
      'cached',
      'cached',
    ]);
    expect(await json<Entry[]>(place, 'cache', 'ls', '--project', 'a')).toEqual([]);
  });

  test('a build that runs keeps all it stands on while everything is pruned beside it', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const files = place.context({
      Dockerfile:
        'FROM busybox\nRUN echo first > /first\n' +
        'RUN --mount=type=cache,target=/c touch /c/started; sleep 2; cat /first\nRUN cat /first > /last\n',
    });
    const building = outcome(place.start(['build', '-q', '-t', 'running', files]));
    const records = join(place.store, 'cache/records');
    while (!existsSync(records) || readdirSync(records).length === 0) await sleep(20);
    const pruned = await json<Pruned>(place, 'cache', 'prune', '--all', '--force');
    expect(steps(pruned)).not.toContain('RUN echo first > /first');
    await place.ok(['image', 'prune', '--force']);
    expect(await building).toMatchObject({code: 0});
    await place.verify('running');
    const again = await place.build(files, 'running');
    expect(again.steps.filter(({state}) => state === 'cached')).toHaveLength(3);
  });
});
