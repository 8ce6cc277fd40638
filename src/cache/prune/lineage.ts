/** Which entries were made of which, by their numbers in a list. Of a parent that is not in it nothing is known. */
import type {CacheEntry} from '../entries/cache-entry.js';

export interface Lineage {
  readonly parents: readonly (readonly number[])[];
  /** How many were made of each. */
  readonly children: Int32Array;
  /** Places in an order in which what was made of others comes before them. */
  readonly rank: Int32Array;
  /** Milliseconds since the epoch: an entry counts as used when what was made of it was. */
  readonly lastUse: Float64Array;
}

export function lineageOf(entries: readonly CacheEntry[]): Lineage {
  const numbers = new Map(entries.map(({id}, number) => [id, number]));
  const parents = entries.map((entry) => entry.parents.flatMap((id) => numbers.get(id) ?? []));
  const children = new Int32Array(entries.length);
  for (const parent of parents.flat()) addTo(children, parent, 1);
  const lastUse = Float64Array.from(entries, ({lastUsedAt}) => Date.parse(lastUsedAt));
  const rank = new Int32Array(entries.length);
  let place = 0;
  for (const number of childrenFirst(parents, children)) {
    rank[number] = place++;
    const used = lastUse[number] ?? 0;
    for (const parent of parents[number] ?? []) {
      if (used > (lastUse[parent] ?? 0)) lastUse[parent] = used;
    }
  }
  return {parents, children, rank, lastUse};
}

/** Without those that were made of each other in a circle, which no build makes. */
function childrenFirst(parents: Lineage['parents'], children: Int32Array): readonly number[] {
  const waiting = Int32Array.from(children);
  const order: number[] = [];
  waiting.forEach((count, number) => {
    if (count === 0) order.push(number);
  });
  // Grows while it is gone through.
  for (const number of order) {
    for (const parent of parents[number] ?? []) {
      if (addTo(waiting, parent, -1) === 0) order.push(parent);
    }
  }
  return order;
}

/** The count there is then. */
export function addTo(counts: Int32Array, number: number, by: 1 | -1): number {
  const count = (counts[number] ?? 0) + by;
  counts[number] = count;
  return count;
}
