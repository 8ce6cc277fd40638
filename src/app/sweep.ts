/** Takes away what nothing leads to any more: blobs, and snapshots that neither images nor the cache need. */
import type {Digest} from '../oci/digest.js';
import {StoreBusyError} from '../store/errors.js';
import {reachable} from '../store/reachable.js';
import {sweepBlobs} from '../store/sweep-blobs.js';
import type {Workspace} from './workspace.js';

export interface Sweep {
  readonly digests: readonly Digest[];
  readonly bytes: number;
}

/** Nothing is taken while another process has the store open: the next sweep will. */
export async function sweep(workspace: Workspace): Promise<Sweep> {
  try {
    return await workspace.store.exclusively(() => sweepAlone(workspace), {wait: false});
  } catch (error) {
    if (error instanceof StoreBusyError) return {digests: [], bytes: 0};
    throw error;
  }
}

async function sweepAlone(workspace: Workspace): Promise<Sweep> {
  const {store, snapshots} = workspace;
  const alive = reachable(store);
  const blobs = await sweepBlobs(store, alive);
  const kept = new Set([...alive.chainIDs, ...cachedChains(workspace)]);
  const digests: Digest[] = [...blobs.digests];
  let {bytes} = blobs;
  for (const snapshot of snapshots.list()) {
    if (kept.has(snapshot.chainID)) continue;
    snapshots.remove(snapshot.id);
    digests.push(snapshot.chainID);
    bytes += snapshot.size;
  }
  return {digests, bytes};
}

function* cachedChains({cache, snapshots}: Workspace): Generator<Digest> {
  for (const {chainID} of cache.records()) {
    const top = chainID === null ? undefined : snapshots.find(chainID);
    for (const snapshot of top ? snapshots.stack(top) : []) yield snapshot.chainID;
  }
}
