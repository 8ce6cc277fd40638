/**
 * Which entries go by a list of rules, in the order in which they go, each with the rule that it went by; and the bytes that stay,
 * but for those that images have.
 *
 * Longest unused first; of equally old ones what was made of others goes before them. An entry stays while one that was made from
 * it does: a build asks for every step on its way, so a parent that is missing runs again although nothing needs it.
 */
import type {CacheEntry} from '../entries/cache-entry.js';
import type {PruneRule} from './prune-rule.js';

export interface Disk {
  /** Bytes. */
  readonly free: number;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface Victim {
  readonly entry: CacheEntry;
  readonly rule: string;
}

export function chooseVictims(
  entries: readonly CacheEntry[],
  rules: readonly PruneRule[],
  disk: Disk,
): {readonly victims: readonly Victim[]; readonly kept: number} {
  const choice = new Choice(entries, disk);
  for (const rule of rules) choice.apply(rule);
  return {victims: choice.victims, kept: choice.total};
}

class Choice {
  readonly victims: Victim[] = [];
  total = 0;
  readonly #disk: Disk;
  readonly #ordered: readonly CacheEntry[];
  readonly #children = new Map<string, number>();
  readonly #lastUse: ReadonlyMap<string, number>;
  readonly #left: Set<CacheEntry>;
  /** Entries of each layer. */
  readonly #holders = new Map<string, number>();
  #freed = 0;

  constructor(entries: readonly CacheEntry[], disk: Disk) {
    this.#disk = disk;
    this.#left = new Set(entries);
    for (const entry of entries) this.total += this.#hold(entry, 1);
    for (const {parents} of entries) for (const id of parents) this.#count(id, 1);
    const {lastUse, depth} = withDescendants(entries);
    this.#lastUse = lastUse;
    const use = ({id}: CacheEntry): number => lastUse.get(id) ?? 0;
    this.#ordered = entries.toSorted(
      (a, b) => use(a) - use(b) || (depth.get(b.id) ?? 0) - (depth.get(a.id) ?? 0),
    );
  }

  apply(rule: PruneRule): void {
    const goal = this.#goal(rule);
    for (const entry of this.#ordered) {
      if (goal !== undefined && this.total <= goal) return;
      if (this.#mayGo(entry, rule)) this.#take(entry, rule);
    }
  }

  /** Bytes to come down to; undefined for all that fits. */
  #goal({reserved = 0, maxUsed, minFree}: PruneRule): number | undefined {
    if (reserved === 0 && maxUsed === undefined && minFree === undefined) return undefined;
    const excess = (minFree ?? 0) - (this.#disk.free + this.#freed);
    const bounds = [
      ...(maxUsed === undefined ? [] : [maxUsed]),
      ...(excess > 0 ? [this.total - excess] : []),
    ];
    if (bounds.length > 0) return Math.max(Math.min(...bounds), reserved);
    // A guard that is content asks for nothing; a floor alone is what all the rest goes down to.
    return minFree === undefined ? reserved : Number.POSITIVE_INFINITY;
  }

  #mayGo(entry: CacheEntry, {fits, all, unusedFor = 0}: PruneRule): boolean {
    if (!this.#left.has(entry) || entry.inUse || (entry.shared && !all) || !fits(entry)) {
      return false;
    }
    if ((this.#children.get(entry.id) ?? 0) > 0) return false;
    return this.#disk.now - (this.#lastUse.get(entry.id) ?? 0) >= unusedFor;
  }

  #take(entry: CacheEntry, rule: PruneRule): void {
    this.victims.push({entry, rule: rule.name});
    this.#left.delete(entry);
    for (const id of entry.parents) this.#count(id, -1);
    const bytes = this.#hold(entry, -1);
    this.total -= bytes;
    this.#freed += bytes;
  }

  /** Bytes that come with the first entry of a layer, and go with the last; what images have is theirs. */
  #hold({layer, shared, size}: CacheEntry, by: 1 | -1): number {
    if (layer === undefined || shared) return 0;
    const before = this.#holders.get(layer) ?? 0;
    this.#holders.set(layer, before + by);
    return Math.min(before, before + by) === 0 ? size : 0;
  }

  #count(id: string, by: number): void {
    this.#children.set(id, (this.#children.get(id) ?? 0) + by);
  }
}

/** An entry counts as used when what was made from it was. */
function withDescendants(entries: readonly CacheEntry[]) {
  const byID = new Map(entries.map((entry) => [entry.id, entry]));
  const lastUse = new Map<string, number>();
  const depth = new Map<string, number>();
  for (const entry of entries) {
    const used = Date.parse(entry.lastUsedAt);
    const pending = [{entry, used}];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const {id, parents} = next.entry;
      const known = lastUse.get(id);
      if (known !== undefined && known >= next.used) continue;
      lastUse.set(id, next.used);
      for (const parent of parents) {
        const above = byID.get(parent);
        if (above !== undefined) pending.push({entry: above, used: next.used});
      }
    }
  }
  const depthOf = (id: string): number => {
    const known = depth.get(id);
    if (known !== undefined) return known;
    depth.set(id, 0);
    const parents = byID.get(id)?.parents ?? [];
    const found = parents.length === 0 ? 0 : 1 + Math.max(...parents.map(depthOf));
    depth.set(id, found);
    return found;
  };
  for (const {id} of entries) depthOf(id);
  return {lastUse, depth};
}
