/**
 * Takes away what nothing leads to: blobs, and the snapshots of stacks that no image and no caller's root uses.
 *
 * Snapshots go with others at work, blobs only while nobody else has the store open: see Store.exclusively.
 */
import type {Descriptor} from '../oci/descriptor.js';
import type {Digest} from '../oci/digest.js';
import {KnownRepositories} from '../registry/known-repositories.js';
import type {OverlaySnapshotter} from '../snapshot/overlay-snapshotter.js';
import type {Snapshot} from '../snapshot/snapshotter.js';
import {reachable} from '../store/reachable.js';
import type {Store} from '../store/store.js';
import {type Swept, sweepBlobs} from '../store/sweep-blobs.js';
import {PackedLayers} from './packing/packed-layers.js';
import {sweepSnapshots} from './sweep-snapshots.js';

export interface GarbageRoots {
  /** Content in use without a reference: images of containers, uploads that go on. */
  readonly content?: readonly Descriptor[];
  /** Stacks in use without an image, as of when it is asked: results in the cache. */
  readonly chainIDs?: () => Iterable<Digest>;
}

export interface Collected {
  readonly blobs: readonly Digest[];
  readonly snapshots: readonly Snapshot[];
  /** Bytes of the blobs, and of the snapshots' layers as tars. */
  readonly bytes: number;
}

export async function collectGarbage(
  {store, snapshots}: {store: Store; snapshots: OverlaySnapshotter},
  roots: GarbageRoots = {},
): Promise<Collected> {
  const removed = await store.leases.removing((held) => {
    const chainIDs = new Set(reachable(store, roots.content).chainIDs);
    for (const chainID of roots.chainIDs?.() ?? []) chainIDs.add(chainID);
    return sweepSnapshots(snapshots, {chainIDs, held});
  });
  const blobs = store.isExclusive
    ? await sweepContent(store, roots.content)
    : {digests: [], bytes: 0};
  const bytes = removed.reduce((sum, {size}) => sum + size, blobs.bytes);
  return {blobs: blobs.digests, snapshots: removed, bytes};
}

/** Blobs, and what is remembered of them. */
async function sweepContent(store: Store, roots: GarbageRoots['content']): Promise<Swept> {
  const alive = reachable(store, roots);
  const swept = await sweepBlobs(store, alive);
  new PackedLayers(store).sweep();
  new KnownRepositories(store.paths.cache).sweep(alive.blobs);
  return swept;
}
