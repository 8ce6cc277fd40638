import {existsSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {collectGarbage} from '../../src/export/collect-garbage.js';
import {verifyImage} from '../../src/export/image/verify-image.js';
import {parseReference} from '../../src/oci/reference.js';
import {buildImage, layerOf, openSnapshots} from '../helpers/built-image.js';
import {temporaryStore} from '../helpers/temporary-store.js';

test('images, and what the caller names, stay with all they stand on; the rest goes', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  const snapshots = openSnapshots(store);
  const kept = buildImage(store, {base: '1'}, {kept: '1'});
  const lost = buildImage(store, {base: '1'}, {lost: '1'}, {lost: '2'});
  const cached = layerOf(snapshots, layerOf(snapshots, undefined, {cached: '1'}), {cached: '2'});
  await store.references.tag(parseReference('kept'), kept.manifestDescriptor);

  const collected = await store.exclusively(() =>
    collectGarbage({store, snapshots}, {chainIDs: () => [cached.chainID]}),
  );
  expect(collected.snapshots.map(({id}) => id)).toEqual(
    lost.stack
      .slice(1)
      .toReversed()
      .map(({id}) => id),
  );
  expect(new Set(collected.blobs)).toEqual(
    new Set([lost.manifestDescriptor.digest, lost.configDescriptor.digest]),
  );
  const fresh = openSnapshots(store);
  expect(fresh.list()).toHaveLength(4);
  expect(fresh.stack(fresh.find(cached.chainID)!)).toHaveLength(2);
  expect(await verifyImage(kept.manifestDescriptor, {store, snapshots: fresh})).toEqual([]);
});

test('what a container holds stays', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  const held = buildImage(store, {a: '1'});
  const content = [held.manifestDescriptor];
  const snapshots = openSnapshots(store);
  const collected = await store.exclusively(() => collectGarbage({store, snapshots}, {content}));
  expect(collected).toEqual({blobs: [], snapshots: [], bytes: 0});
});

test('a torn snapshot that nothing knows goes too', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  const torn = join(store.paths.snapshots, '0123456789abcdef');
  mkdirSync(join(torn, 'fs'), {recursive: true});
  writeFileSync(join(torn, 'record.json'), '');
  const snapshots = openSnapshots(store);
  await store.exclusively(() => collectGarbage({store, snapshots}));
  expect(existsSync(torn)).toBe(false);
});

test('while others use the store blobs stay, and so do the snapshots that they hold', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  const lost = buildImage(store, {base: '1'}, {lost: '1'});
  const [base, top] = lost.stack;
  const held = store.leases.hold(base?.id ?? '', () => base);
  const {blobs, snapshots} = await collectGarbage({store, snapshots: openSnapshots(store)});
  expect(held).toBe(base);
  expect(blobs).toEqual([]);
  expect(snapshots.map(({id}) => id)).toEqual([top?.id]);
});
