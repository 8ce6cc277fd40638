/**
 * Which entries go by a list of rules, in the order in which they go, each with the rule that it went by; and the bytes that stay,
 * but for those that images have.
 *
 * Longest unused first; of equally old ones what was made of others goes before them. An entry stays while one that was made from
 * it does: a build asks for every step on its way, so a parent that is missing runs again although nothing needs it.
 */
import type {CacheEntry} from '../entries/cache-entry.js';
import {addTo, type Lineage, lineageOf} from './lineage.js';
import {goalOf, type PruneRule} from './prune-rule.js';

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
  readonly #entries: readonly CacheEntry[];
  readonly #disk: Disk;
  /** Made for the first entry that may go. */
  #lineage: Lineage | undefined;
  readonly #gone: Uint8Array;
  /** Entries of each layer. */
  readonly #holders = new Map<string, number>();
  #freed = 0;

  constructor(entries: readonly CacheEntry[], disk: Disk) {
    this.#entries = entries;
    this.#disk = disk;
    this.#gone = new Uint8Array(entries.length);
    for (const entry of entries) this.total += this.#hold(entry, 1);
  }

  apply(rule: PruneRule): void {
    const goal = goalOf(rule, {total: this.total, free: this.#disk.free + this.#freed});
    if (goal !== undefined && this.total <= goal) return;
    const numbers = this.#fitting(rule);
    if (numbers.length > 0) this.#takeUntil(goal, numbers, rule);
  }

  #takeUntil(goal: number | undefined, numbers: readonly number[], rule: PruneRule): void {
    this.#lineage ??= lineageOf(this.#entries);
    const lineage = this.#lineage;
    for (const number of unusedFirst(numbers, lineage, this.#disk.now - (rule.unusedFor ?? 0))) {
      if (goal !== undefined && this.total <= goal) return;
      if ((lineage.children[number] ?? 0) === 0) this.#take(number, {rule, lineage});
    }
  }

  /** Numbers of those that the rule is about. */
  #fitting({fits, all}: PruneRule): readonly number[] {
    const numbers: number[] = [];
    for (const [number, entry] of this.#entries.entries()) {
      if (this.#gone[number] === 1 || entry.inUse || (entry.shared && !all)) continue;
      if (fits(entry)) numbers.push(number);
    }
    return numbers;
  }

  #take(number: number, {rule, lineage}: {rule: PruneRule; lineage: Lineage}): void {
    const entry = this.#entries[number] as CacheEntry;
    this.victims.push({entry, rule: rule.name});
    this.#gone[number] = 1;
    for (const parent of lineage.parents[number] ?? []) addTo(lineage.children, parent, -1);
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
}

/** Those that were not used after `since`, in the order in which they go. */
function unusedFirst(
  numbers: readonly number[],
  {rank, lastUse}: Lineage,
  since: number,
): readonly number[] {
  const use = (number: number): number => lastUse[number] ?? 0;
  return numbers
    .filter((number) => use(number) <= since)
    .sort((a, b) => use(a) - use(b) || (rank[a] ?? 0) - (rank[b] ?? 0));
}
