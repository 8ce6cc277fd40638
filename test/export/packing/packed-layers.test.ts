import {readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {expect, test} from 'vitest';
import type {PackingForm} from '../../../src/archive/compress.js';
import {readAll} from '../../../src/content/read-all.js';
import {PackedLayers} from '../../../src/export/packing/packed-layers.js';
import {MediaType} from '../../../src/oci/media-type.js';
import {needs} from '../../helpers/needs.js';
import {temporaryStore} from '../../helpers/temporary-store.js';

const gzip: PackingForm = {compression: 'gzip'};

/** A plain layer in a store, and a count of how often it was read. */
async function packing() {
  const {store, ...rest} = await temporaryStore();
  const layer = store.blobs.write(MediaType.layer, Buffer.alloc(3_000_000, 'layer'));
  let reads = 0;
  const content = {
    fetch(target: typeof layer) {
      reads++;
      return store.blobs.fetch(target);
    },
  };
  const packed = new PackedLayers(store);
  return {
    store,
    layer,
    packed,
    pack: (form: PackingForm) => packed.pack(layer, form, content),
    reads: () => reads,
    folder: join(store.paths.cache, 'packed'),
    ...rest,
  };
}

test('a layer is compressed once for each form, by whoever asks', async (context) => {
  needs(context, 'zstd of Node or as a program');
  await using place = await packing();
  const [first, second] = await Promise.all([place.pack(gzip), place.pack(gzip)]);
  expect(second).toEqual(first);
  expect(new PackedLayers(place.store).find(place.layer.digest, gzip)).toEqual(first);
  expect(place.reads()).toBe(1);
  expect(await place.pack({...gzip, level: 9})).not.toEqual(first);
  expect(place.reads()).toBe(2);
  const zstd = await place.pack({compression: 'zstd'});
  expect(zstd).toMatchObject({mediaType: MediaType.layerZstd});
  expect(place.reads()).toBe(3);
});

test('what is kept is the layer, under its own digest and size', async () => {
  await using place = await packing();
  const packed = await place.pack(gzip);
  expect(packed.mediaType).toBe(MediaType.layerGzip);
  const plain = gunzipSync(await readAll(place.store.blobs, packed, packed.size));
  expect(plain.equals(place.store.blobs.read(place.layer))).toBe(true);
});

test.each([
  {name: 'a blob that is gone', spoil: (_: string) => undefined, removes: true},
  {name: 'a torn hint', spoil: (path: string) => writeFileSync(path, '{"digest": "sha2')},
])('$name is packed again, and swept', async ({spoil, removes}) => {
  await using place = await packing();
  const before = await place.pack(gzip);
  const [hint = ''] = readdirSync(place.folder);
  if (removes) place.store.blobs.remove(before.digest);
  spoil(join(place.folder, hint));
  expect(place.packed.find(place.layer.digest, gzip)).toBeUndefined();
  expect(await place.pack(gzip)).toEqual(before);
  expect(place.store.blobs.has(before)).toBe(true);
  place.packed.sweep();
  expect(readdirSync(place.folder)).toEqual([hint]);
  place.store.blobs.remove(before.digest);
  place.packed.sweep();
  expect(readdirSync(place.folder)).toEqual([]);
});

test('a layer that cannot be read leaves nothing', async () => {
  await using place = await packing();
  place.store.blobs.remove(place.layer.digest);
  await expect(place.pack(gzip)).rejects.toMatchObject({code: 'E_CONTENT_NOT_FOUND'});
  expect(await place.store.blobs.list()).toEqual([]);
  expect(place.packed.find(place.layer.digest, gzip)).toBeUndefined();
});
