/** Where a build's files come from besides a directory: stdin, and contexts with names. */
import {spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {type EntryDraft, tarOf} from '../helpers/tar-bytes.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace, type Place} from './place.js';
import {savedLayers} from './saved-layers.js';

function stdinOf(place: Place, bytes: string | Buffer): {readonly stdin: string} {
  const stdin = join(place.directory, 'stdin');
  writeFileSync(stdin, bytes);
  return {stdin};
}

const dockerfile = (text: string, name = 'Dockerfile'): EntryDraft => ({name, content: text});
const copyAll = dockerfile('FROM scratch\nCOPY d /\n');

describe.each(testUserNames)('contexts, as %s', (user) => {
  test.each([
    {
      name: 'a name that climbs out',
      entries: [copyAll, {name: '../../escaped', content: 'x'}],
      code: 'E_UNSAFE_ENTRY',
    },
    {
      name: 'a file behind a symlink that leads out',
      entries: [
        copyAll,
        {name: 'd', type: 'symlink' as const, linkName: '/var/tmp'},
        {name: 'd/tsbuild-escaped', content: 'x'},
      ],
      code: undefined,
    },
    {
      name: 'a Dockerfile that is a symlink to a file of the machine',
      entries: [{name: 'Dockerfile', type: 'symlink' as const, linkName: '/etc/passwd'}],
      code: 'E_NO_DOCKERFILE',
    },
    {name: 'an archive cut short', entries: [copyAll], cut: 700, code: 'E_TAR_TRUNCATED'},
    {
      name: 'no Dockerfile',
      entries: [{name: 'd/', type: 'directory' as const}],
      code: 'E_NO_DOCKERFILE',
    },
    {name: 'a Dockerfile that has nothing', bytes: '', code: 'E_DOCKERFILE_EMPTY'},
    {
      name: 'COPY where there is only a Dockerfile',
      bytes: 'FROM scratch\nCOPY a /\n',
      code: '"a" not found',
    },
  ])('from stdin, $name stays harmless', async ({entries = [], bytes, cut, code}) => {
    await using place = await openPlace(user);
    const sent = stdinOf(place, bytes ?? tarOf(...entries).subarray(0, cut));
    const result = await place.run(['build', '-'], sent);
    if (code !== undefined) {
      expect(result).toMatchObject({code: 1, stdout: ''});
      expect(result.stderr).toContain(code);
    }
    const found = spawnSync('find', ['/var/tmp', '-maxdepth', '2', '-name', '*escaped'], {
      encoding: 'utf8',
    });
    expect(found.stdout).toBe('');
    const left = spawnSync('find', [join(place.store, 'ingest'), '-mindepth', '1'], {
      encoding: 'utf8',
    });
    expect(left.stdout).toBe('');
  });

  test.for(['none', 'gzip', 'bzip2', 'xz', 'zstd'] as const)(
    'an archive on stdin is the context, whole and with its symlinks: %s',
    async (compression, context) => {
      if (compression !== 'none') needs(context, compression);
      await using place = await openPlace(user);
      const plain = tarOf(
        dockerfile('FROM scratch\nCOPY . /\n', 'sub/Build.file'),
        {name: '.dockerignore', content: '*\n'},
        {name: 'a', content: 'text', mode: 0o640, uid: 7, gid: 7},
        {name: 'link', type: 'symlink', linkName: '../../etc/shadow'},
      );
      const archive =
        compression === 'none' ? plain : spawnSync(compression, ['-c'], {input: plain}).stdout;
      await place.ok(['build', '-t', 'out', '-f', 'sub/Build.file', '-'], stdinOf(place, archive));
      await place.verify('out');
      expect(await savedLayers(place, 'out')).toEqual([
        [
          '-rw-r--r-- 0/0 2 .dockerignore',
          '-rw-r----- 0/0 4 a',
          'lrwxrwxrwx 0/0 0 link -> ../../etc/shadow',
          'drwxr-xr-x 0/0 0 sub/',
          '-rw-r--r-- 0/0 22 sub/Build.file',
        ],
      ]);
    },
  );

  test('a Dockerfile comes from stdin, alone or beside a directory', async () => {
    await using place = await openPlace(user);
    const files = place.context({a: 'text', '.dockerignore': 'b', b: 'no', Dockerfile: 'nonsense'});
    const text = stdinOf(place, 'FROM scratch\nCOPY . /\n');
    await place.ok(['build', '-t', 'beside', '-f', '-', files], text);
    expect(
      (await savedLayers(place, 'beside')).flat().map((line) => line.split(' ').at(-1)),
    ).toEqual(['.dockerignore', 'Dockerfile', 'a']);
    await place.ok(['build', '-t', 'alone', '-'], stdinOf(place, 'FROM scratch\nLABEL a=b\n'));
    const twice = await place.run(['build', '-f', '-', '-'], text);
    expect(twice).toMatchObject({code: 1, stderr: expect.stringContaining('E_STDIN_TWICE')});
  });

  test.each([
    {name: 'no name', context: '=.', code: 'E_INVALID_OPTION'},
    {name: 'no source', context: 'a=', code: 'E_INVALID_OPTION'},
    {name: 'a name in capitals', context: 'A/B=.', code: 'E_INVALID_OPTION'},
    {name: 'a directory that is not there', context: 'a=/no/such/place', code: 'E_BUILD_CONTEXT'},
  ])('a context with $name is refused', async ({context, code}) => {
    await using place = await openPlace(user);
    const files = place.context({Dockerfile: 'FROM scratch\n'});
    const result = await place.run(['build', '--build-context', context, files]);
    expect(result.stderr).toContain(code);
    expect(result.code).toBe(code === 'E_INVALID_OPTION' ? 125 : 1);
  });

  test('a directory with a name stands in for an image and for a stage, by its own ignore file', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const other = place.context({
      '.dockerignore': 'secret',
      secret: 'x',
      kept: 'kept',
      'd/deep': 'deep',
    });
    const files = place.context({
      Dockerfile: [
        'FROM nowhere.invalid/tools AS tools',
        'RUN false',
        'FROM files AS whole',
        'FROM busybox:1',
        'COPY --from=tools d/deep /from-stage',
        'COPY --from=files . /from-image/',
        'COPY --from=whole kept /from-root',
        'RUN cat /from-stage /from-root && test ! -e /from-image/secret',
      ].join('\n'),
    });
    const flags = ['tools', 'files']
      .flatMap((name) => ['--build-context', `${name}=${other}`])
      .concat('--build-context', 'docker.io/library/busybox:1=docker-image://busybox:latest');
    const {log, steps} = await place.build(files, 'out', ...flags);
    expect(log).toContain('deepkept');
    expect(steps.some(({name}) => name.includes('RUN false'))).toBe(false);
    const again = await place.build(files, 'out', ...flags);
    expect(again.steps.filter(({name}) => name.includes('COPY')).map(({state}) => state)).toEqual(
      Array.from({length: 3}, () => 'cached'),
    );
  });
});
