/** The results that the cache holds, as entries: each with its layer and whom it serves. */
import type {Digest} from '../../oci/digest.js';
import type {Snapshot} from '../../snapshot/snapshotter.js';
import type {HeldResult} from '../held-result.js';
import type {ResultCache} from '../result-cache.js';
import type {CacheEntry} from './cache-entry.js';

export interface Surroundings {
  readonly snapshots: readonly Snapshot[];
  /** Every stack, and prefix of one, of the images that are here. */
  readonly imageChains: ReadonlySet<Digest>;
  /** Ids of snapshots that living processes hold. */
  readonly held: ReadonlySet<string>;
}

/** Results whose layers are gone are listed with nothing in them, since they are nothing but a hint. */
export function listResults(cache: ResultCache, around: Surroundings): CacheEntry[] {
  const results = cache.results();
  const layers = new Layers(around);
  for (const result of results.values()) layers.count(result);
  return Array.from(results, ([key, result]) => entryOf(key, result, layers));
}

function entryOf(key: string, result: HeldResult, layers: Layers): CacheEntry {
  const {name, parents, createdAt, chainID, uses} = result;
  const {layer, size, uniqueSize, shared, inUse} = layers.of(result);
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
    layer,
    size,
    uniqueSize,
    shared,
    inUse,
    mutable: false,
  };
}

/** Which snapshot is a result's own, and how many results stand on each. */
class Layers {
  readonly #around: Surroundings;
  readonly #byChain: ReadonlyMap<Digest, Snapshot>;
  readonly #children = new Map<string, string[]>();
  /** Snapshots by id: results whose own they are. */
  readonly #owners = new Map<string, number>();
  /** And results whose stack has them. */
  readonly #holders = new Map<string, number>();
  readonly #described = new Map<string, OwnLayer>();

  constructor(around: Surroundings) {
    this.#around = around;
    this.#byChain = new Map(around.snapshots.map((snapshot) => [snapshot.chainID, snapshot]));
    for (const {id, parent} of around.snapshots) {
      if (parent === undefined) continue;
      const siblings = this.#children.get(parent);
      if (siblings === undefined) this.#children.set(parent, [id]);
      else siblings.push(id);
    }
  }

  /** All are counted before any is asked for. */
  count(result: HeldResult): void {
    const id = this.#ownLayer(result)?.id;
    if (id !== undefined) this.#owners.set(id, (this.#owners.get(id) ?? 0) + 1);
  }

  of(result: HeldResult): OwnLayer {
    const own = this.#ownLayer(result);
    if (own === undefined) return NO_LAYER;
    const known = this.#described.get(own.id);
    if (known !== undefined) return known;
    const {id: layer, chainID, size} = own;
    const shared = this.#around.imageChains.has(chainID);
    const inUse = this.#around.held.has(layer);
    const alone = this.#holdersOf(layer) === 1 && !shared && !inUse;
    const described = {layer, size, uniqueSize: alone ? size : 0, shared, inUse};
    this.#described.set(layer, described);
    return described;
  }

  #holdersOf(id: string): number {
    const known = this.#holders.get(id);
    if (known !== undefined) return known;
    let holders = this.#owners.get(id) ?? 0;
    for (const child of this.#children.get(id) ?? []) holders += this.#holdersOf(child);
    this.#holders.set(id, holders);
    return holders;
  }

  /** None where the step left its root as it was. */
  #ownLayer({chainID, changed}: HeldResult): Snapshot | undefined {
    return chainID === null || !changed ? undefined : this.#byChain.get(chainID);
  }
}

type OwnLayer = Pick<CacheEntry, 'layer' | 'size' | 'uniqueSize' | 'shared' | 'inUse'>;

const NO_LAYER: OwnLayer = {layer: undefined, size: 0, uniqueSize: 0, shared: false, inUse: false};
