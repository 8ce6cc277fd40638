/** Removes the blobs that nothing leads to. Nobody else may have the store open. */
import {invariant} from '../base/bug.js';
import type {Digest} from '../oci/digest.js';
import type {Reachable} from './reachable.js';
import type {Store} from './store.js';

export interface Swept {
  readonly digests: readonly Digest[];
  readonly bytes: number;
}

export async function sweepBlobs(store: Store, alive: Pick<Reachable, 'blobs'>): Promise<Swept> {
  invariant(store.isExclusive, 'blobs are removed only while nobody else uses the store');
  const digests: Digest[] = [];
  let bytes = 0;
  for (const digest of await store.blobs.list()) {
    if (alive.blobs.has(digest)) continue;
    bytes += store.blobs.sizeOf(digest) ?? 0;
    store.blobs.remove(digest);
    digests.push(digest);
  }
  return {digests, bytes};
}
