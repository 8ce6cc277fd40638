import type {Snapshot, Snapshotter} from './snapshotter.js';

export interface StandingRemoval {
  /** False where somebody uses one of them: all stay. */
  readonly removed: boolean;
  /** What stood on it and went with it, the topmost first: it may have been made of the damage. */
  readonly with: readonly string[];
}

/** Takes a damaged snapshot away. To be called in Leases.removing; `held` are the ids that count as in use. */
export function removeStanding(
  id: string,
  snapshots: Pick<Snapshotter, 'list' | 'remove'>,
  held: ReadonlySet<string>,
): StandingRemoval {
  const above = standingOn(id, snapshots.list());
  const isFree = [id, ...above].every((each) => !held.has(each));
  if (isFree) for (const each of [...above, id]) snapshots.remove(each);
  return {removed: isFree, with: isFree ? above : []};
}

function standingOn(id: string, all: readonly Snapshot[]): string[] {
  const children = all.filter(({parent}) => parent === id).map((snapshot) => snapshot.id);
  return [...children.flatMap((child) => standingOn(child, all)), ...children];
}
