/**
 * Takes away what nothing leads to: blobs, and the snapshots of stacks that no image and no caller's root uses.
 *
 * A snapshot in use keeps all it stands on. Nobody else may have the store open: see Store.exclusively.
 */
import {invariant} from '../base/bug.js';
import type {Descriptor} from '../oci/descriptor.js';
import type {Digest} from '../oci/digest.js';
import type {OverlaySnapshotter} from '../snapshot/overlay-snapshotter.js';
import type {Snapshot} from '../snapshot/snapshotter.js';
import {reachable} from '../store/reachable.js';
import type {Store} from '../store/store.js';
import {sweepBlobs} from '../store/sweep-blobs.js';
import {PackedLayers} from './packed-layers.js';

export interface GarbageRoots {
  /** Content in use without a reference: images of containers, uploads that go on. */
  readonly content?: readonly Descriptor[];
  /** Stacks in use without an image: results in the cache, roots of containers. */
  readonly chainIDs?: Iterable<Digest>;
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
  invariant(store.isExclusive, 'garbage is collected only while nobody else uses the store');
  const alive = reachable(store, roots.content);
  const used = new Set([...alive.chainIDs, ...(roots.chainIDs ?? [])]);
  const removed = sweepSnapshots(snapshots, used);
  const blobs = await sweepBlobs(store, alive);
  new PackedLayers(store).sweep();
  const bytes = removed.reduce((sum, {size}) => sum + size, blobs.bytes);
  return {blobs: blobs.digests, snapshots: removed, bytes};
}

function sweepSnapshots(
  snapshots: OverlaySnapshotter,
  used: ReadonlySet<Digest>,
): readonly Snapshot[] {
  const all = snapshots.list();
  const byID = new Map(all.map((snapshot) => [snapshot.id, snapshot]));
  const kept = new Set<string>();
  for (const snapshot of all.filter(({chainID}) => used.has(chainID))) {
    for (const {id} of downFrom(snapshot, byID)) kept.add(id);
  }
  const removed = all.filter(({id}) => !kept.has(id));
  const depths = new Map(removed.map((each) => [each, [...downFrom(each, byID)].length]));
  // Children go before what they stand on, so that a crash halfway leaves no stack without its base.
  const ordered = removed.toSorted((a, b) => (depths.get(b) ?? 0) - (depths.get(a) ?? 0));
  for (const {id} of ordered) snapshots.remove(id);
  // What is left is torn, and nothing knows it.
  for (const id of snapshots.ids()) if (!byID.has(id)) snapshots.remove(id);
  return ordered;
}

function* downFrom(top: Snapshot, byID: ReadonlyMap<string, Snapshot>): Generator<Snapshot> {
  let at: Snapshot | undefined = top;
  while (at !== undefined) {
    yield at;
    at = at.parent === undefined ? undefined : byID.get(at.parent);
  }
}
