/** Results of shared caches, in the order in which the caches were named. */
import type {Digest} from '../../oci/digest.js';
import type {SharedResult} from './shared-result.js';

export interface ImportedCache {
  /** As it was asked for. */
  readonly name: string;
  readonly results: readonly SharedResult[];
}

export interface ImportedResult extends SharedResult {
  /** The name of its cache. */
  readonly from: string;
}

export class ImportedResults {
  readonly #byDefinition = new Map<Digest, ImportedResult[]>();
  readonly #byKey = new Map<Digest, ImportedResult[]>();
  readonly #withdrawn = new Set<Digest>();
  readonly #onWithdrawn: (error: Error) => void;

  constructor(
    caches: readonly ImportedCache[] = [],
    onWithdrawn: (error: Error) => void = () => undefined,
  ) {
    this.#onWithdrawn = onWithdrawn;
    for (const {name, results} of caches) {
      for (const result of results) this.#add({...result, from: name});
    }
  }

  findByDefinition(definition: Digest): ImportedResult | undefined {
    return this.#byDefinition.get(definition)?.find((result) => this.isUsable(result));
  }

  find(key: Digest): ImportedResult | undefined {
    return this.#byKey.get(key)?.find((result) => this.isUsable(result));
  }

  /** No result with this blob is found from now on. */
  withdraw(blob: Digest, error: Error): void {
    if (this.#withdrawn.has(blob)) return;
    this.#withdrawn.add(blob);
    this.#onWithdrawn(error);
  }

  isUsable({layers}: SharedResult): boolean {
    return layers.every(({blob}) => !this.#withdrawn.has(blob.digest));
  }

  #add(result: ImportedResult): void {
    append(this.#byDefinition, result.definition, result);
    append(this.#byKey, result.key, result);
  }
}

function append<Item>(lists: Map<Digest, Item[]>, key: Digest, item: Item): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
