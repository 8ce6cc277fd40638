import type {Digest} from '../../oci/digest.js';

/** One thing that the cache holds, with all that people ask about it. */
export interface CacheEntry {
  /** A result's key, or the name of a cache mount's or repository's directory, or of a file of hints. */
  readonly id: string;
  /** As BuildKit names them: `source.local` are digests of files of contexts, `internal` what was learnt of files by http. */
  readonly type:
    | 'regular'
    | 'exec.cachemount'
    | 'source.git.checkout'
    | 'source.local'
    | 'internal';
  /** The step, as progress shows it. */
  readonly description: string;
  /** Ids of the results it was made from: they stay as long as it does. */
  readonly parents: readonly string[];
  /** Whom it serves, the last user first. */
  readonly uses: readonly EntryUse[];
  /** RFC 3339. */
  readonly createdAt: string;
  readonly lastUsedAt: string;
  readonly usageCount: number;
  /** Bytes of its own layer, as a tar; of a directory those of its files. */
  readonly size: number;
  /** The root that it gives: null is the empty one, absent of what is none. */
  readonly chainID?: Digest | null;
  /** What those bytes are: entries with one layer have them together. */
  readonly layer: string | undefined;
  /** Of them, those that would go if this entry alone went. */
  readonly uniqueSize: number;
  /** An image has its layer too: without the entry it stays. */
  readonly shared: boolean;
  /** A build or container uses it now. */
  readonly inUse: boolean;
  readonly mutable: boolean;
}

export interface EntryUse {
  readonly project: string;
  readonly count: number;
  readonly lastUsedAt: string;
}
