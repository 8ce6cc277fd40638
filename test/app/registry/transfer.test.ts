/** Pull and push between stores and registries: what is moved, what is kept, and what is left when it fails. */
import {readdirSync, readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {pullImage} from '../../../src/app/registry/pull.js';
import {pushImage} from '../../../src/app/registry/push.js';
import type {TransferEvent} from '../../../src/app/registry/transfer-event.js';
import {formatReference, parseReference} from '../../../src/oci/reference.js';
import {openStore, type Store} from '../../../src/store/store.js';
import {needs} from '../../helpers/needs.js';
import {pushImage as pushRaw, rawRegistry} from '../../helpers/raw-registry.js';
import {storeImageOfText} from '../../helpers/stored-image.js';
import {temporaryStore} from '../../helpers/temporary-store.js';
import {machine} from './machine.js';

/** A store with an image of two plain layers under these names. */
async function filled(...names: readonly string[]) {
  const place = await temporaryStore();
  const image = storeImageOfText(place.store, 'one', 'two'.repeat(1000));
  for (const name of names) await place.store.references.tag(parseReference(name), image.manifest);
  return {...place, image};
}

const kindsOf = (events: readonly TransferEvent[]) =>
  events.filter(({kind}) => !['exchange', 'progress'].includes(kind)).map(({kind}) => kind);

const namesIn = (store: Store) =>
  store.references.list().map(({reference}) => reference && formatReference(reference));

/** All that a store holds, but for locks and hints. */
const contentOf = ({root, paths}: Store) => [
  readFileSync(paths.index, 'utf8'),
  readdirSync(paths.blobs).sort(),
  readdirSync(`${root}/ingest`),
];

test('an image goes out packed and comes back into another store, with its id', async () => {
  await using _ = machine();
  await using at = await rawRegistry();
  const name = `${at.registry.address}/team/app:v1`;
  await using from = await filled(name);
  const events: TransferEvent[] = [];
  const onEvent = (event: TransferEvent) => events.push(event);
  const [pushed] = await pushImage({reference: name, root: from.root}, {onEvent});
  expect(pushed?.reference).toBe(name);
  const [first, ...packing] = kindsOf(events).slice(0, 5);
  expect(first).toBe('pushing');
  expect(packing.toSorted()).toEqual(['packed', 'packed', 'packing', 'packing']);
  expect(packing[0]).toBe('packing');

  await using to = await temporaryStore();
  const pulled = await pullImage({reference: name, root: to.root});
  expect(pulled).toEqual({
    reference: name,
    digest: pushed?.digest,
    imageID: from.image.config.digest,
    changed: true,
  });
  expect((await pullImage({reference: name, root: to.root})).changed).toBe(false);
  expect(namesIn(to.store)).toEqual([name]);
  // In the store that it came from the name now means what was sent.
  expect(from.store.references.resolve(parseReference(name))?.digest).toBe(pushed?.digest);
});

test('what was packed and sent is neither packed nor sent again', async () => {
  await using _ = machine();
  await using at = await rawRegistry();
  const names = ['app:v1', 'app:v2', 'other:v1'].map((each) => `${at.registry.address}/${each}`);
  await using from = await filled(...names);
  const kinds: string[][] = [];
  for (const reference of names) {
    const events: TransferEvent[] = [];
    await pushImage({reference, root: from.root}, {onEvent: (event) => events.push(event)});
    kinds.push(kindsOf(events));
  }
  expect(kinds[1]).toEqual(['pushing', 'exists', 'exists', 'exists', 'started', 'finished']);
  expect(kinds[2]?.filter((kind) => kind === 'mounted')).toHaveLength(2);
  expect(kinds[2]).not.toContain('packing');
});

test('all tags of a repository go, each image once', async () => {
  await using _ = machine();
  await using at = await rawRegistry();
  const repository = `${at.registry.address}/app`;
  await using from = await filled(`${repository}:a`, `${repository}:b`, 'elsewhere.example/app:c');
  const pushed = await pushImage({reference: repository, allTags: true, root: from.root});
  expect(pushed.map(({reference}) => reference)).toEqual([`${repository}:a`, `${repository}:b`]);
  expect((await at.request('GET', '/app/tags/list')).json()).toMatchObject({tags: ['a', 'b']});
});

test.for([
  {name: 'zstd', compression: 'zstd', type: /tar\+zstd$/},
  {name: 'as they are', compression: 'uncompressed', type: /\.tar$/},
  {name: 'gzip of a level', compression: 'gzip', level: 1, type: /tar\+gzip$/},
] as const)('layers go as $name', async ({compression, type, ...level}, context) => {
  if (compression === 'zstd') needs(context, 'zstd of Node or as a program');
  await using _ = machine();
  await using at = await rawRegistry();
  const reference = `${at.registry.address}/app`;
  await using from = await filled(reference);
  const packing = {compression, force: false, ...level};
  await pushImage({reference, root: from.root, packing});
  const {layers} = (await at.request('GET', '/app/manifests/latest')).json<{
    layers: {mediaType: string}[];
  }>();
  for (const {mediaType} of layers) expect(mediaType).toMatch(type);
});

test('force packs anew what is packed already, and only force does', async (context) => {
  needs(context, 'zstd of Node or as a program');
  await using _ = machine();
  await using at = await rawRegistry();
  const reference = `${at.registry.address}/app`;
  await using from = await filled(reference);
  const types = async (force: boolean) => {
    const packing = {compression: 'zstd', force} as const;
    await pushImage({reference, root: from.root, packing});
    const manifest = await at.request('GET', '/app/manifests/latest');
    return manifest
      .json<{layers: {mediaType: string}[]}>()
      .layers.map(({mediaType}) => mediaType.split('+')[1]);
  };
  await pushImage({reference, root: from.root});
  expect(await types(false)).toEqual(['gzip', 'gzip']);
  expect(await types(true)).toEqual(['zstd', 'zstd']);
});

test.each([
  {name: 'nothing of that name', reference: 'none', code: 'E_NOTHING_TO_PUSH'},
  {name: 'a digest', reference: `app@sha256:${'a'.repeat(64)}`, code: 'E_DIGEST_PUSH'},
  {name: 'no name', reference: 'UPPER/', code: 'E_INVALID_REFERENCE'},
])('$name cannot be pushed', async ({reference, code}) => {
  await using _ = machine();
  await using from = await filled('app');
  await expect(pushImage({reference, root: from.root})).rejects.toMatchObject({code});
  const all = pushImage({reference, allTags: true, root: from.root});
  await expect(all).rejects.toMatchObject({code});
});

test.each([
  {name: 'wrong bytes', faults: ['GET blobs: wrong'], code: 'E_DIGEST_MISMATCH'},
  {name: 'a layer that is missing', faults: ['GET blobs: 404'], code: 'E_MANIFEST_UNKNOWN'},
  {name: '500', faults: ['GET blobs: 500'], code: 'E_REGISTRY_STATUS'},
  {name: 'cuts at once', faults: ['GET blobs: cut 0B'], code: 'E_CONNECTION'},
  {name: 'wrong manifests', faults: ['GET manifests: wrong'], code: 'E_BAD_ANSWER'},
])('a pull that fails for $name leaves the store as it was', async ({faults, code}) => {
  await using _ = machine();
  await using at = await rawRegistry({faults});
  await pushRaw(at, 'app', 'v1');
  await using to = await filled('kept');
  const before = contentOf(to.store);
  const reference = `${at.registry.address}/app:v1`;
  const pulling = pullImage({reference, root: to.root, attempts: 2, retryDelay: 1});
  await expect(pulling).rejects.toMatchObject({code});
  await using again = await openStore(to.root, {lock: 'shared'});
  const [index, blobs, ingest] = contentOf(again);
  expect([index, ingest]).toEqual([before[0], before[2]]);
  // Whole blobs may have come, and serve the next pull.
  expect(blobs).toEqual(expect.arrayContaining(before[1] as string[]));
});

test('an image for another machine is taken when there is no choice, with a warning', async () => {
  await using _ = machine();
  await using at = await rawRegistry();
  await pushRaw(at, 'app', 'v1');
  await using to = await temporaryStore();
  const warnings: string[] = [];
  const onEvent = (event: TransferEvent) => {
    if (event.kind === 'warning') warnings.push(event.warning);
  };
  const reference = `${at.registry.address}/app:v1`;
  await pullImage({reference, root: to.root, platform: 'linux/arm64'}, {onEvent});
  expect(warnings).toEqual(['the image is for linux/amd64, not for linux/arm64']);
});
