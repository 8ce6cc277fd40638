/** Bytes flipped on the disk: each is named, and made again. */
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {testUserNames} from '../helpers/users.js';
import {openPlace, type Place} from './place.js';

const DOCKERFILE = 'FROM busybox\nRUN echo layer > /layer\nRUN cat /layer > /copy\n';

interface Verified {
  readonly damaged: readonly {readonly kind: string; readonly id: string}[];
}

async function built(): Promise<{place: Place; files: string}> {
  const place = await openPlace(testUserNames.at(-1) ?? 'root', ['busybox']);
  const files = place.context({Dockerfile: DOCKERFILE});
  await place.build(files, 'poisoned');
  return {place, files};
}

/** The last byte of the text, which is not its end of line. */
function flip(path: string): void {
  const bytes = readFileSync(path);
  const at = bytes.length - 2;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

async function verified({place}: {place: Place}): Promise<Verified> {
  const {code, stdout} = await place.run(['cache', 'verify', '--json']);
  const told = JSON.parse(stdout) as Verified;
  expect(code).toBe(told.damaged.length > 0 ? 1 : 0);
  return told;
}

const ran = (build: Awaited<ReturnType<Place['build']>>): number =>
  build.steps.filter(({name, state}) => name.includes('RUN') && state === 'done').length;

test('a record is named by the build, which runs its step again', async (context) => {
  needs(context, 'user namespaces');
  const {place, files} = await built();
  await using _ = place;
  const [name = ''] = readdirSync(join(place.store, 'cache/records'));
  flip(join(place.store, 'cache/records', name));
  const again = await place.build(files, 'poisoned');
  expect(again.log).toContain(`cache record sha256:${name.replace('.json', '')} is damaged`);
  expect(ran(again)).toBe(1);
  expect(await verified({place})).toMatchObject({damaged: []});
});

test('a blob is named by whoever reads it, and written again by the next build', async (context) => {
  needs(context, 'user namespaces');
  const {place, files} = await built();
  await using _ = place;
  const inspected = await place.ok(['image', 'inspect', 'poisoned', '--format', '{{.Id}}']);
  const id = inspected.stdout.trim();
  flip(join(place.store, 'blobs/sha256', id.replace('sha256:', '')));
  expect((await place.run(['image', 'inspect', 'poisoned'])).stderr).toContain(
    `digest mismatch: want ${id}`,
  );
  expect(await place.build(files, 'poisoned')).toMatchObject({imageID: id});
  expect((await verified({place})).damaged).toEqual([]);
});

test('a manifest that is damaged keeps no other image from being listed', async (context) => {
  needs(context, 'user namespaces');
  const {place, files} = await built();
  await using _ = place;
  const index = JSON.parse(readFileSync(join(place.store, 'index.json'), 'utf8'));
  const digest = index.manifests
    .find((entry: {annotations: object}) => JSON.stringify(entry).includes('poisoned'))
    .digest.replace('sha256:', '');
  flip(join(place.store, 'blobs/sha256', digest));
  expect((await place.ok(['images'])).stdout).toContain('busybox');
  await place.build(files, 'poisoned');
  expect((await place.ok(['images'])).stdout).toContain('poisoned');
});

test('a snapshot is named when it is sent, taken away by cache verify, and built again', async (context) => {
  needs(context, 'root');
  const {place, files} = await built();
  await using _ = place;
  const snapshots = join(place.store, 'snapshots');
  const id = readdirSync(snapshots).find((name) => holds(join(snapshots, name, 'fs'), 'layer'));
  flip(join(snapshots, `${id}`, 'fs/layer'));
  const saved = await place.run(['save', '-o', join(place.directory, 'out.tar'), 'poisoned']);
  expect(saved).toMatchObject({code: 1});
  expect(saved.stderr).toContain(`snapshot ${id} is damaged`);
  expect(saved.stderr).toContain('E_SNAPSHOT_DAMAGED');
  expect((await verified({place})).damaged).toMatchObject([{kind: 'snapshot', id}]);
  const again = await place.build(files, 'poisoned');
  expect(ran(again)).toBe(2);
  expect((await verified({place})).damaged).toEqual([]);
});

const snapshotWith = (place: Place, name: string): string => {
  const snapshots = join(place.store, 'snapshots');
  const id = readdirSync(snapshots).find((each) => holds(join(snapshots, each, 'fs'), name));
  return `${id}`;
};

test.for([
  {layer: 'of a step', file: 'layer', runs: 2},
  {layer: 'of the base', file: 'bin/busybox', runs: 2},
])(
  'a snapshot $layer is named by the build whose step stands on it, and made again',
  async ({file, runs}, context) => {
    needs(context, 'root');
    const {place, files} = await built();
    await using _ = place;
    const id = snapshotWith(place, file.split('/')[0] ?? '');
    flip(join(place.store, 'snapshots', id, 'fs', file));
    place.write(join(files, 'Dockerfile'), DOCKERFILE.replace('> /copy', '> /other'));
    const again = await place.build(files, 'poisoned');
    expect(again.log).toMatch(
      new RegExp(`^warning: snapshot ${id} is damaged: .*runs again$`, 'm'),
    );
    expect(ran(again)).toBe(runs);
    expect((await verified({place})).damaged).toEqual([]);
    const shown = await place.ok(['run', '--rm', 'poisoned', 'cat', '/layer']);
    expect(shown.stdout).toBe('layer\n');
  },
);

test.for(['local', 'tar', 'oci'])(
  'a snapshot is named by the build that hands its files out as %s, though every step hits',
  async (type, context) => {
    needs(context, 'root');
    const {place, files} = await built();
    await using _ = place;
    const id = snapshotWith(place, 'copy');
    flip(join(place.store, 'snapshots', id, 'fs/copy'));
    const out = join(place.directory, 'out');
    const {stdout, stderr} = await place.ok(['build', '-o', `type=${type},dest=${out}`, files]);
    expect(stdout + stderr).toContain(`snapshot ${id} is damaged`);
    expect((await verified({place})).damaged).toEqual([]);
    if (type === 'local') expect(readFileSync(join(out, 'copy'), 'utf8')).toBe('layer\n');
  },
);

function holds(folder: string, name: string): boolean {
  try {
    return readdirSync(folder).includes(name);
  } catch {
    return false;
  }
}
