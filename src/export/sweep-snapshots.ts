/**
 * Takes away the snapshots of stacks that nothing leads to and nobody uses, with builds and containers running beside it.
 *
 * A snapshot in use keeps all it stands on.
 */
import type {Digest} from '../oci/digest.js';
import type {OverlaySnapshotter} from '../snapshot/overlay-snapshotter.js';
import type {Snapshot} from '../snapshot/snapshotter.js';

export interface InUse {
  /** Stacks that images, results of the cache and containers lead to. */
  readonly chainIDs: ReadonlySet<Digest>;
  /** Ids of snapshots that living processes hold: see Leases. */
  readonly held: ReadonlySet<string>;
}

/** Returns what went, the topmost first. To be called in Leases.removing, with all that is in use as of then. */
export function sweepSnapshots(snapshots: OverlaySnapshotter, inUse: InUse): readonly Snapshot[] {
  const all = snapshots.list();
  const unused = unusedSnapshots(all, inUse);
  for (const {id} of unused) snapshots.remove(id);
  // What is left is torn, and nothing knows it.
  const known = new Set(all.map(({id}) => id));
  for (const id of snapshots.ids()) if (!known.has(id)) snapshots.remove(id);
  return unused;
}

/** Children before what they stand on, so that a crash halfway leaves no stack without its base. */
export function unusedSnapshots(
  all: readonly Snapshot[],
  {chainIDs, held}: InUse,
): readonly Snapshot[] {
  const byID = new Map(all.map((snapshot) => [snapshot.id, snapshot]));
  const kept = new Set<string>();
  for (const snapshot of all) {
    if (!chainIDs.has(snapshot.chainID) && !held.has(snapshot.id)) continue;
    for (const {id} of downFrom(snapshot, byID)) {
      if (kept.has(id)) break;
      kept.add(id);
    }
  }
  const unused = all.filter(({id}) => !kept.has(id));
  const depths = new Map(unused.map((each) => [each, [...downFrom(each, byID)].length]));
  return unused.toSorted((a, b) => (depths.get(b) ?? 0) - (depths.get(a) ?? 0));
}

function* downFrom(top: Snapshot, byID: ReadonlyMap<string, Snapshot>): Generator<Snapshot> {
  let at: Snapshot | undefined = top;
  while (at !== undefined) {
    yield at;
    at = at.parent === undefined ? undefined : byID.get(at.parent);
  }
}
