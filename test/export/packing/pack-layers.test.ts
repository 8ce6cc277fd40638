import {expect, test} from 'vitest';
import {packLayers} from '../../../src/export/packing/pack-layers.js';
import type {Descriptor} from '../../../src/oci/descriptor.js';
import {MediaType} from '../../../src/oci/media-type.js';
import {temporaryStore} from '../../helpers/temporary-store.js';

const SIZES = [3_000_000, 10, 2_000_000, 1000, 3_000_000];

/** Plain layers in a store; the last is the first once more. */
async function layers() {
  const {store, ...rest} = await temporaryStore();
  const named = SIZES.map((size) =>
    store.blobs.write(MediaType.layer, Buffer.alloc(size, `${size}`)),
  );
  const told: string[] = [];
  const watch = ({size}: Descriptor, state: string) => told.push(`${state} ${size}`);
  const pack = (some = named) =>
    packLayers(
      {named: some, diffIDs: some.map(({digest}) => digest)},
      {form: {compression: 'gzip'}, force: false},
      {store, content: store.blobs, watch},
    );
  return {store, named, told, pack, ...rest};
}

test('layers come back in the order of the manifest, whichever was done first', async () => {
  await using place = await layers();
  const packed = await place.pack();
  expect(packed.map(({mediaType}) => mediaType)).toEqual(SIZES.map(() => MediaType.layerGzip));
  const alone = await Promise.all(place.named.map(async (layer) => (await place.pack([layer]))[0]));
  expect(packed).toEqual(alone);
});

test('a layer that is named twice is packed once', async () => {
  await using place = await layers();
  await place.pack();
  expect(place.told.filter((line) => line.startsWith('packing')).sort()).toEqual(
    [...new Set(SIZES)].map((size) => `packing ${size}`).sort(),
  );
});

test('one that is damaged fails the whole', async () => {
  await using place = await layers();
  const [, , third] = place.named;
  place.store.blobs.remove(third?.digest ?? 'sha256:');
  await expect(place.pack()).rejects.toMatchObject({code: 'E_CONTENT_NOT_FOUND'});
});
