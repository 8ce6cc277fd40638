/** What of the cache is one project's: results are shared, and go when nobody else uses them. */
import type {CacheEntry} from '../entries/cache-entry.js';
import type {Victim} from './choose-victims.js';

export const isUsedBy =
  (project: string) =>
  ({uses}: CacheEntry): boolean =>
    uses.some((use) => use.project === project);

/** Ids of the victims that go for everybody: what other projects use is theirs from then on, with what it was made of. */
export function goneForAll(
  victims: readonly Victim[],
  entries: readonly CacheEntry[],
  project: string | undefined,
): ReadonlySet<string> {
  if (project === undefined) return new Set(victims.map(({entry}) => entry.id));
  const children = new Map<string, number>();
  const count = ({parents}: CacheEntry, by: number): void => {
    for (const id of parents) children.set(id, (children.get(id) ?? 0) + by);
  };
  for (const entry of entries) count(entry, 1);
  const gone = new Set<string>();
  for (const {entry} of victims) {
    const isAlone = entry.uses.every((use) => use.project === project);
    if (!isAlone || (children.get(entry.id) ?? 0) > 0) continue;
    gone.add(entry.id);
    count(entry, -1);
  }
  return gone;
}
