/** An image that is run and not here: its layers are unpacked while they come, whatever happens on the way. */
import {randomBytes} from 'node:crypto';
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {type BringRequest, bringImage} from '../../../src/app/registry/bring-image.js';
import {pushImage} from '../../../src/app/registry/push.js';
import {parseReference} from '../../../src/oci/reference.js';
import type {Store} from '../../../src/store/store.js';
import {buildImage, openSnapshots} from '../../helpers/built-image.js';
import {type RawRegistry, rawRegistry} from '../../helpers/raw-registry.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';
import {temporaryStore} from '../../helpers/temporary-store.js';
import {machine} from './machine.js';

const noise = (bytes: number): string => randomBytes(bytes).toString('latin1');
const FILES = [{first: 'first', large: noise(600_000)}, {'second/large': noise(500_000)}] as const;

/** Docker Hub's app, in mirrors that fail as told, one after the other. */
async function mirrors(...faults: readonly (readonly string[])[]) {
  const own = machine();
  await using from = await temporaryStore();
  const {manifestDescriptor} = buildImage(from.store, ...FILES);
  const all: RawRegistry[] = [];
  for (const each of faults) {
    const at = await rawRegistry({faults: each});
    all.push(at);
    const reference = `${at.registry.address}/library/app`;
    await from.store.references.tag(parseReference(reference), manifestDescriptor);
    await pushImage({reference, root: from.root});
  }
  const folder = temporaryFolder();
  const daemonJSON = join(folder.path, 'daemon.json');
  writeFileSync(
    daemonJSON,
    JSON.stringify({'registry-mirrors': all.map(({registry}) => registry.url)}),
  );
  writeFileSync(
    join(folder.path, 'registries.json'),
    JSON.stringify({registries: {'docker.io': {fallback: 'never'}}}),
  );
  const request: BringRequest = {image: 'app', daemonJSON, attempts: 3, retryDelay: 1};
  return {
    request,
    async [Symbol.asyncDispose]() {
      for (const at of all) await at[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
      await own[Symbol.asyncDispose]();
    },
  };
}

const bring = (request: BringRequest, store: Store, signal?: AbortSignal) =>
  bringImage(request, {store, snapshots: openSnapshots(store)}, {signal});

const draftsIn = ({paths}: Store): string[] =>
  readdirSync(paths.ingest).flatMap((owner) =>
    readdirSync(join(paths.ingest, owner)).filter((name) => name !== 'lock'),
  );

/** Paths below the place of snapshots and drafts that end so. */
const filesCalled = ({root}: Store, name: string): string[] =>
  readdirSync(root, {recursive: true, encoding: 'utf8'}).filter((path) => path.endsWith(name));

test.for([
  {name: 'all goes well', faults: [[]]},
  {name: 'bodies are cut now and then', faults: [['GET blobs: cut 200kB, 2 times']]},
  {name: 'the first mirror gives other bytes', faults: [['GET blobs: wrong'], []]},
  {name: 'the first mirror gives a part', faults: [['GET blobs: cut 300kB'], []]},
  {name: 'bytes come slowly', faults: [['GET blobs: slow 1MB']]},
])('when $name the root is the image’s', async ({faults}) => {
  await using place = await mirrors(...faults);
  await using to = await temporaryStore();
  const {root, image} = await bring(place.request, to.store);
  const snapshots = openSnapshots(to.store);
  const stack = root === undefined ? [] : snapshots.stack(root);
  const found = stack.map(({path}, index) =>
    Object.keys(FILES[index] ?? {}).map((name) => readFileSync(join(path, name), 'utf8')),
  );
  expect(found).toEqual(FILES.map((files) => Object.values(files)));
  for (const layer of to.store.images.manifest(image.manifest).layers) {
    expect(to.store.blobs.has(layer)).toBe(true);
  }
  expect(draftsIn(to.store)).toEqual([]);
});

test.for([
  {
    name: 'other bytes come',
    fault: 'GET blobs: wrong, after 1',
    code: 'E_DIGEST_MISMATCH',
    layers: 0,
  },
  {
    name: 'only one layer comes',
    fault: 'GET blobs: 404, after 2',
    code: 'E_NO_ENDPOINT',
    layers: 1,
  },
])(
  'when $name and no more, that is told, and only whole layers are kept',
  async ({fault, code, layers}) => {
    await using place = await mirrors([fault]);
    await using to = await temporaryStore();
    const bringing = bring({...place.request, attempts: 1}, to.store);
    await expect(bringing).rejects.toMatchObject({code: 'E_LAYER_ELSEWHERE', cause: {code}});
    expect(openSnapshots(to.store).list()).toHaveLength(layers);
    await expect.poll(() => draftsIn(to.store)).toEqual([]);
    expect(filesCalled(to.store, '/first')).toHaveLength(layers);
  },
);

test('a file is there before its layer has come, and gone when that never comes', async () => {
  await using place = await mirrors(['GET blobs: slow 100kB']);
  await using to = await temporaryStore();
  const cancel = new AbortController();
  const coming = bring(place.request, to.store, cancel.signal);
  await expect.poll(() => filesCalled(to.store, '/first'), {timeout: 10_000}).toHaveLength(1);
  const layers = readdirSync(to.store.paths.blobs).length;
  cancel.abort(new RangeError('enough'));
  await expect(coming).rejects.toThrow(RangeError);
  // The manifest and the config.
  expect(layers).toBe(2);
  expect(openSnapshots(to.store).list()).toEqual([]);
  await expect.poll(() => filesCalled(to.store, '/first')).toEqual([]);
});
