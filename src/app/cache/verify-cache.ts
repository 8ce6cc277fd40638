/**
 * `cache verify`: reads all that the store holds, and takes away what is not what it was, so that the next build or pull makes
 * it again. What stands on a damaged snapshot goes with it: it may have been made of the damage.
 */
import {existsSync} from 'node:fs';
import {TsbuildError} from '../../base/error.js';
import {summarize} from '../../layer/summarize.js';
import type {Digest} from '../../oci/digest.js';
import {isForeign, isSummaryOf, readsAsRecorded} from '../../snapshot/as-recorded.js';
import {removeStanding} from '../../snapshot/remove-standing.js';
import type {Snapshot} from '../../snapshot/snapshotter.js';
import {openWorkspace, type Workspace} from '../workspace.js';

export interface Damage {
  readonly kind: 'record' | 'blob' | 'snapshot';
  /** Digest of a record or blob, id of a snapshot. */
  readonly id: string;
  /** False where somebody uses it. */
  readonly removed: boolean;
  /** Snapshots that stood on it, and went with it. */
  readonly with: readonly string[];
}

export interface VerifiedCache {
  readonly damaged: readonly Damage[];
  readonly records: number;
  readonly blobs: number;
  readonly snapshots: number;
  /** Snapshots that another tool's layers were unpacked to: no walk gives their tar again. */
  readonly unverifiable: number;
}

export async function verifyCache(
  request: {root?: string; signal?: AbortSignal} = {},
): Promise<VerifiedCache> {
  await using workspace = await openWorkspace({root: request.root});
  const {signal} = request;
  const records = verifyRecords(workspace);
  const blobs = await verifyBlobs(workspace, signal);
  const snapshots = await verifySnapshots(workspace, signal);
  return {
    damaged: [...records.damaged, ...blobs.damaged, ...snapshots.damaged],
    records: records.seen,
    blobs: blobs.seen,
    snapshots: snapshots.seen,
    unverifiable: snapshots.unverifiable,
  };
}

interface Verified {
  readonly damaged: readonly Damage[];
  readonly seen: number;
}

function verifyRecords({cache}: Workspace): Verified {
  const keys = cache.keys();
  const damaged = keys.filter((key) => cache.isDamaged(key));
  for (const key of damaged) cache.remove(key);
  return {damaged: damaged.map((id) => removed('record', id)), seen: keys.length};
}

const removed = (kind: Damage['kind'], id: string): Damage => ({kind, id, removed: true, with: []});

async function verifyBlobs({store}: Workspace, signal?: AbortSignal): Promise<Verified> {
  const damaged: Damage[] = [];
  const digests = await store.blobs.list();
  for (const digest of digests) {
    signal?.throwIfAborted();
    if (!(await isWholeBlob(digest, store))) damaged.push(removed('blob', digest));
  }
  return {damaged, seen: digests.length};
}

/** A blob that is not is taken away by the reading. */
async function isWholeBlob(digest: Digest, {blobs}: Workspace['store']): Promise<boolean> {
  const size = blobs.sizeOf(digest);
  if (size === undefined) return true;
  try {
    for await (const _ of blobs.fetch({mediaType: '', digest, size}));
    return true;
  } catch (error) {
    if (error instanceof TsbuildError) return false;
    throw error;
  }
}

async function verifySnapshots(
  workspace: Workspace,
  signal?: AbortSignal,
): Promise<Verified & {unverifiable: number}> {
  const {snapshots, store} = workspace;
  const all = snapshots.list();
  const suspects: Snapshot[] = [];
  let unverifiable = 0;
  for (const snapshot of all) {
    signal?.throwIfAborted();
    if (isForeign(snapshot) && !snapshots.seals.has(snapshot.id)) unverifiable++;
    else if (!(await isWholeSnapshot(snapshot, workspace))) suspects.push(snapshot);
  }
  const damaged = await store.leases.removing((held) =>
    suspects
      .filter(isDamaged)
      .map(({id}): Damage => ({kind: 'snapshot', id, ...removeStanding(id, snapshots, held)})),
  );
  return {damaged, seen: all.length, unverifiable};
}

/** By reading it, or where that cannot tell by what tells of writing to it. */
async function isWholeSnapshot(snapshot: Snapshot, {snapshots}: Workspace): Promise<boolean> {
  if (!isForeign(snapshot)) return readsAsRecorded(snapshot);
  return snapshots.seals.isWhole(snapshot).catch(() => false);
}

/** Read with nobody else removing: what was pruned under the first reading is not damaged. */
function isDamaged(snapshot: Snapshot): boolean {
  if (!existsSync(snapshot.path)) return false;
  if (isForeign(snapshot)) return true;
  try {
    return !isSummaryOf(snapshot, summarize(snapshot.path));
  } catch {
    return true;
  }
}
