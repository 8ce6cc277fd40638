import {randomBytes} from 'node:crypto';
import {rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {buffer as collect} from 'node:stream/consumers';
import {expect, test} from 'vitest';
import type {PackingForm} from '../../../src/archive/compress.js';
import {decompress} from '../../../src/archive/decompress.js';
import {layerDescriptor} from '../../../src/export/image/assemble.js';
import {ImageContent} from '../../../src/export/image/image-content.js';
import {packLayers} from '../../../src/export/packing/pack-layers.js';
import type {TarSource} from '../../../src/export/packing/packed-layers.js';
import type {Descriptor} from '../../../src/oci/descriptor.js';
import {digestOf} from '../../../src/oci/digest.js';
import {MediaType} from '../../../src/oci/media-type.js';
import type {Snapshot} from '../../../src/snapshot/snapshotter.js';
import {buildImage, openSnapshots} from '../../helpers/built-image.js';
import {needs} from '../../helpers/needs.js';
import {temporaryStore} from '../../helpers/temporary-store.js';

const NOISE = randomBytes(1_500_000).toString('base64');
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

/** An image whose one layer is large and a snapshot. */
async function built() {
  const {store, ...rest} = await temporaryStore();
  const image = buildImage(store, {'big/text': 'x'.repeat(10_000_000), 'big/noise': NOISE});
  const layer = layerDescriptor(image.stack[0] as Snapshot);
  const content = new ImageContent(store, openSnapshots(store));
  const pack = (from: TarSource, form: PackingForm = {compression: 'gzip'}) =>
    packLayers(
      {named: [layer], diffIDs: [layer.digest]},
      {form, force: false},
      {store, content: from},
    );
  return {store, image, layer, content, pack, ...rest};
}

test.for([{compression: 'gzip'}, {compression: 'zstd'}] as const)(
  'a large snapshot is the same $compression whether its tar passes through here or not',
  async (form, context) => {
    needs(context, 'igzip', 'zstd of Node or as a program');
    await using place = await built();
    const [packed] = await place.pack(place.content, form);
    rmSync(join(place.store.paths.cache, 'packed'), {recursive: true});
    const fetch = (target: Descriptor) => place.content.fetch(target);
    expect(await place.pack({fetch}, form)).toEqual([packed]);
    const {bytes} = await decompress(place.store.blobs.fetch(packed as Descriptor));
    expect(digestOf(await collect(bytes))).toBe(place.layer.digest);
  },
);

test('a large snapshot that is damaged is named, and nothing is kept of it', async () => {
  await using place = await built();
  const before = await place.store.blobs.list();
  writeFileSync(join(place.image.stack[0]?.path ?? '', 'big/noise'), NOISE.replace('0', 'O'));
  await expect(place.pack(place.content)).rejects.toMatchObject({code: 'E_SNAPSHOT_DAMAGED'});
  expect(await place.store.blobs.list()).toEqual(before);
});
