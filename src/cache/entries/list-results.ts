/** The results that the cache holds, as entries: each record with its layer and whom it serves. */
import type {Digest} from '../../oci/digest.js';
import type {Snapshot} from '../../snapshot/snapshotter.js';
import type {CacheRecord} from '../cache-record.js';
import type {ResultCache} from '../result-cache.js';
import type {CacheEntry, EntryUse} from './cache-entry.js';

export interface Surroundings {
  readonly snapshots: readonly Snapshot[];
  /** Every stack, and prefix of one, of the images that are here. */
  readonly imageChains: ReadonlySet<Digest>;
  /** Ids of snapshots that living processes hold. */
  readonly held: ReadonlySet<string>;
}

/** Results whose layers are gone are listed with nothing in them, since they are nothing but a hint. */
export function listResults(cache: ResultCache, around: Surroundings): CacheEntry[] {
  const uses = usesByKey(cache);
  const layers = new Layers(around);
  const records = [...cache.records()];
  for (const record of records) layers.count(record);
  return records.map((record) => entryOf(record, layers, uses.get(record.key) ?? []));
}

function usesByKey(cache: ResultCache): ReadonlyMap<Digest, EntryUse[]> {
  const uses = new Map<Digest, EntryUse[]>();
  for (const {key, project, count, lastUsedAt} of cache.uses.list()) {
    const use = {project, count, lastUsedAt: lastUsedAt.toISOString()};
    uses.set(key, [...(uses.get(key) ?? []), use]);
  }
  for (const each of uses.values()) {
    each.sort((left, right) => (left.lastUsedAt < right.lastUsedAt ? 1 : -1));
  }
  return uses;
}

function entryOf(record: CacheRecord, layers: Layers, uses: readonly EntryUse[]): CacheEntry {
  const {key, name, parents, createdAt, chainID} = record;
  return {
    id: key,
    type: 'regular',
    description: name,
    parents,
    uses,
    createdAt,
    lastUsedAt: uses[0]?.lastUsedAt ?? createdAt,
    usageCount: uses.reduce((sum, {count}) => sum + count, 0),
    chainID,
    ...layers.of(record),
    mutable: false,
  };
}

/** Which snapshot is a result's own, and how many results stand on each. */
class Layers {
  readonly #around: Surroundings;
  readonly #byChain: ReadonlyMap<Digest, Snapshot>;
  readonly #byID: ReadonlyMap<string, Snapshot>;
  /** Snapshots by id: results whose stack has it. */
  readonly #holders = new Map<string, number>();

  constructor(around: Surroundings) {
    this.#around = around;
    this.#byChain = new Map(around.snapshots.map((snapshot) => [snapshot.chainID, snapshot]));
    this.#byID = new Map(around.snapshots.map((snapshot) => [snapshot.id, snapshot]));
  }

  count(record: CacheRecord): void {
    let at = this.#ownLayer(record);
    while (at !== undefined) {
      this.#holders.set(at.id, (this.#holders.get(at.id) ?? 0) + 1);
      at = at.parent === undefined ? undefined : this.#byID.get(at.parent);
    }
  }

  of(record: CacheRecord): Pick<CacheEntry, 'layer' | 'size' | 'uniqueSize' | 'shared' | 'inUse'> {
    const layer = this.#ownLayer(record);
    const none = {layer: undefined, size: 0, uniqueSize: 0, shared: false, inUse: false};
    if (layer === undefined) return none;
    const {id, chainID, size} = layer;
    const shared = this.#around.imageChains.has(chainID);
    const inUse = this.#around.held.has(id);
    const alone = this.#holders.get(id) === 1 && !shared && !inUse;
    return {layer: id, size, uniqueSize: alone ? size : 0, shared, inUse};
  }

  /** None where the step left its root as it was. */
  #ownLayer({chainID, content, inputs}: CacheRecord): Snapshot | undefined {
    if (chainID === null || content === inputs[0]) return undefined;
    return this.#byChain.get(chainID);
  }
}
