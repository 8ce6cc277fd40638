import {createHash} from 'node:crypto';
import {readFileSync, utimesSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {host} from '../helpers/host.js';
import {needs} from '../helpers/needs.js';
import {everyUserName, testUserNames} from '../helpers/users.js';
import {openPlace, type Place} from './place.js';

const EPOCH = 1_600_000_000;
const DAY = 86_400;

/** It leaves what differs from day to day: files of now, a whiteout, a hard link, a directory filled in an order. */
const FILES = {
  Dockerfile: `FROM busybox
ARG SOURCE_DATE_EPOCH
WORKDIR /srv/app
COPY --chmod=u=rwX,go=rX . .
COPY <<EOF /etc/motd
built at $SOURCE_DATE_EPOCH
EOF
RUN mkdir made && for i in 9 3 7 1; do echo "$i $SOURCE_DATE_EPOCH" > made/$i; done && ln made/9 made/again
RUN rm /bin/yes && umask > made/umask && touch -d @1000 made/1
USER 1000
CMD ["cat", "made/9"]
`,
  'b/deep/file': 'deep',
  a: 'a',
  'c.txt': 'c',
};

const ARCHIVES = ['oci.tar', 'docker.tar', 'files.tar'];
const OUTPUTS = [
  'type=image,rewrite-timestamp=true',
  'type=oci,dest=oci.tar,rewrite-timestamp=true',
  'type=docker,dest=docker.tar,rewrite-timestamp=true',
  'type=tar,dest=files.tar',
].flatMap((output) => ['-o', output]);

interface Circumstances {
  readonly umask: number;
  readonly names: readonly (keyof typeof FILES)[];
  /** Days since the epoch that the files of the context are of. */
  readonly day: number;
}

/** Builds the files as the circumstances have them, and tells the digest of all that came out. */
async function buildIn(place: Place, {umask, names, day}: Circumstances) {
  const before = process.umask(umask);
  try {
    for (let index = 0; index < day; index++) place.context({filler: ''});
    const files = place.context(Object.fromEntries(names.map((name) => [name, FILES[name]])));
    for (const name of names) utimesSync(join(files, name), 0, EPOCH + day * DAY);
    const env = {SOURCE_DATE_EPOCH: String(EPOCH)};
    const {stdout} = await place.ok(['build', '-t', 'same', ...OUTPUTS, files], {env});
    await place.verify('same');
    return {
      imageID: stdout.trim(),
      archives: ARCHIVES.map((name) => sha256(join(place.directory, name))),
    };
  } finally {
    process.umask(before);
  }
}

const sha256 = (path: string): string =>
  createHash('sha256').update(readFileSync(path)).digest('hex');

const [first = '', last = first] = everyUserName;
const inOrder = Object.keys(FILES) as (keyof typeof FILES)[];

test('two builds by two users, with other umasks, of files of other days made in another order elsewhere, are one image to the last byte', async (context) => {
  needs(context, 'user namespaces', 'subordinate ids');
  await using place = await openPlace(first, ['busybox']);
  await using elsewhere = await openPlace(last, ['busybox']);
  const one = await buildIn(place, {umask: 0o022, names: inOrder, day: 1});
  const two = await buildIn(elsewhere, {umask: 0o077, names: inOrder.toReversed(), day: 3});
  expect(two).toEqual(one);
  expect((await elsewhere.ok(['run', '--rm', 'same'])).stdout).toBe(`9 ${EPOCH}\n`);
});

describe.each(testUserNames)('SOURCE_DATE_EPOCH, as %s', (user) => {
  test('is the time of what the build adds, and the latest of its files when they are rewritten, never of the base', async (context) => {
    needs(context, 'user namespaces');
    await using place = await openPlace(user, ['busybox']);
    const base = layersOf(JSON.parse((await place.ok(['inspect', 'busybox'])).stdout)[0]);
    const files = place.context(FILES);
    const early = {env: {SOURCE_DATE_EPOCH: '1000000000'}};
    const archive = ['-o', 'type=oci,tar=false,dest=layout,rewrite-timestamp=true'];
    await place.ok(['build', '-o', 'type=image', '-t', 'plain', ...archive, files], early);

    const [image] = JSON.parse((await place.ok(['inspect', 'plain'])).stdout);
    expect(image.Created).toBe('2001-09-09T01:46:40.000Z');
    expect(layersOf(image)[0]).toBe(base[0]);
    const {config, layers} = readLayout(join(place.directory, 'layout'));
    expect(config.rootfs.diff_ids[0]).toBe(base[0]);
    expect(config.rootfs.diff_ids).not.toEqual(layersOf(image));
    const added = config.history.slice(-8).map((entry: {created: string}) => entry.created);
    expect(new Set(added)).toEqual(new Set(['2001-09-09T01:46:40.000Z']));
    const [, ...own] = layers;
    const listed = own.flatMap((layer) =>
      host('tar', '--utc', '--full-time', '-tvf', layer).split('\n'),
    );
    const times = listed.flatMap((line) => /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/.exec(line) ?? []);
    expect(new Set(times)).toEqual(
      new Set(['2001-09-09 01:46:40', '1970-01-01 00:16:40', '1970-01-01 00:00:00']),
    );
  });
});

test.each([
  [
    'a build arg comes before the environment',
    ['--build-arg', 'SOURCE_DATE_EPOCH=5'],
    '1970-01-01T00:00:05.000Z',
  ],
  ['an output has its own', ['-o', 'type=image,source-date-epoch=6'], '1970-01-01T00:00:06.000Z'],
  ['the environment speaks without either', [], '1970-01-01T00:00:09.000Z'],
])('%s', async (_, flags, created) => {
  await using place = await openPlace(last);
  const files = place.context({Dockerfile: 'FROM scratch\nCOPY a /\n', a: 'a'});
  const env = {SOURCE_DATE_EPOCH: '9'};
  await place.ok(['build', '-t', 'made', ...flags, files], {env});
  expect(JSON.parse((await place.ok(['inspect', 'made'])).stdout)[0].Created).toBe(created);
});

test('rewriting to no epoch is refused before anything is built', async () => {
  await using place = await openPlace(last);
  const files = place.context({Dockerfile: 'FROM scratch\nCOPY a /\n', a: 'a'});
  const failed = await place.run(['build', '-o', 'type=image,rewrite-timestamp=true', files]);
  expect(failed).toMatchObject({code: 125, stdout: ''});
  expect(failed.stderr).toContain('rewrite-timestamp wants SOURCE_DATE_EPOCH');
  expect(failed.stderr).not.toContain('COPY');
});

const layersOf = (image: {RootFS: {Layers: string[]}}): readonly string[] => image.RootFS.Layers;

function readLayout(folder: string) {
  const blob = (digest: string): string => join(folder, 'blobs', digest.replace(':', '/'));
  const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
  const [{digest}] = read(join(folder, 'index.json')).manifests;
  const manifest = read(blob(digest));
  return {
    config: read(blob(manifest.config.digest)),
    layers: manifest.layers.map((layer: {digest: string}) => blob(layer.digest)) as string[],
  };
}
