import {rmSync} from 'node:fs';
import {expect, test} from 'vitest';
import {hexOf} from '../../src/oci/digest.js';
import {serializeImageIndex} from '../../src/oci/image-index.js';
import {MediaType} from '../../src/oci/media-type.js';
import {parseReference} from '../../src/oci/reference.js';
import {reachable} from '../../src/store/reachable.js';
import {sweepBlobs} from '../../src/store/sweep-blobs.js';
import {storeImageOfText} from '../helpers/stored-image.js';
import {temporaryStore} from '../helpers/temporary-store.js';

const amd64 = {os: 'linux', architecture: 'amd64'};

test.each([
  {text: 'missing'},
  {text: 'ffffffffffff'},
  {text: '../../etc/passwd'},
  {text: 'Not A Name'},
  {text: ''},
  {text: `sha256:${'f'.repeat(65)}`},
])('$text finds nothing, and says so', async ({text}) => {
  await using here = await temporaryStore();
  await here.store.references.put(storeImageOfText(here.store, 'a').manifest, []);
  expect(() => here.store.images.find(text)).toThrow(
    expect.objectContaining({code: 'E_IMAGE_NOT_FOUND'}),
  );
});

test('an image is found by name, by id, by digest, and by the first digits of either', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  const {manifest, config} = storeImageOfText(store, 'a');
  await store.references.tag(parseReference('hello:1'), manifest);
  for (const text of [
    'hello:1',
    'docker.io/library/hello:1',
    config.digest,
    hexOf(config.digest),
    hexOf(config.digest).slice(0, 12),
    manifest.digest,
    hexOf(manifest.digest).slice(0, 12),
    `hello@${manifest.digest}`,
    `hello:other@${manifest.digest}`,
  ]) {
    expect(store.images.find(text)).toMatchObject({id: config.digest, manifest});
  }
  expect(() => store.images.find('hello')).toThrow(
    expect.objectContaining({code: 'E_IMAGE_NOT_FOUND'}),
  );
  expect(() => store.images.find(`other@${manifest.digest}`)).toThrow(
    expect.objectContaining({code: 'E_IMAGE_NOT_FOUND'}),
  );
});

test('digits that several images share are refused', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  for (let index = 0; index < 40; index++) {
    await store.references.put(storeImageOfText(store, `layer ${index}`).manifest, []);
  }
  const digits = '0123456789abcdef'.split('');
  const crowded = digits.find(
    (digit) => store.images.list().filter(({id}) => hexOf(id).startsWith(digit)).length > 1,
  );
  expect(() => store.images.find(crowded ?? '')).toThrow(
    expect.objectContaining({code: 'E_AMBIGUOUS_IMAGE'}),
  );
});

test('through an index, the image of the platform at hand is meant, among those that are here', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  const [mine, theirs] = [storeImageOfText(store, 'a'), storeImageOfText(store, 'b')];
  const data = serializeImageIndex({
    schemaVersion: 2,
    mediaType: MediaType.index,
    manifests: [
      {...theirs.manifest, platform: {os: 'linux', architecture: 's390x'}},
      {...mine.manifest, platform: amd64},
    ],
  });
  const target = store.blobs.write(MediaType.index, data);
  await store.references.tag(parseReference('multi'), target);
  expect(store.images.manifestOf(target, amd64)).toMatchObject({digest: mine.manifest.digest});
  rmSync(store.blobs.path(mine.manifest.digest));
  expect(store.images.manifestOf(target, amd64)).toMatchObject({digest: theirs.manifest.digest});
  rmSync(store.blobs.path(theirs.manifest.digest));
  expect(store.images.list()).toEqual([]);
});

test('only what nothing leads to is removed', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  const [named, dangling, held, lost] = ['a', 'b', 'c', 'd'].map((text) =>
    storeImageOfText(store, 'shared', text),
  );
  await store.references.tag(parseReference('hello'), named!.manifest);
  await store.references.put(dangling!.manifest, []);
  const {digests, bytes} = await store.exclusively(() =>
    sweepBlobs(store, reachable(store, [held!.manifest])),
  );
  expect(new Set(digests)).toEqual(
    new Set([lost!.manifest.digest, lost!.config.digest, lost!.layers[1]!.digest]),
  );
  expect(bytes).toBe(lost!.manifest.size + lost!.config.size + 1);
  for (const {manifest} of [named!, dangling!, held!]) {
    expect(store.blobs.has(manifest)).toBe(true);
  }
  expect(store.blobs.has(named!.layers[0]!)).toBe(true);
});

test('every prefix of an image in use is in use', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  await store.references.put(storeImageOfText(store, 'a', 'b', 'c').manifest, []);
  expect(reachable(store).chainIDs.size).toBe(3);
});

test('a reference to nothing does not keep garbage from going', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  const broken = storeImageOfText(store, 'a');
  await store.references.put(broken.manifest, []);
  rmSync(store.blobs.path(broken.manifest.digest));
  const {digests} = await store.exclusively(() => sweepBlobs(store, reachable(store)));
  expect(digests).toHaveLength(2);
});

test('nothing is removed while others may use the store', async () => {
  await using here = await temporaryStore();
  await expect(sweepBlobs(here.store, reachable(here.store))).rejects.toThrow('nobody else');
});
