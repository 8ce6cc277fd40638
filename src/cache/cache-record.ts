/** What a finished step leaves behind for the next build: where its result is, and what its key was made of. */
import type {Op} from '../graph/op.js';
import type {Digest} from '../oci/digest.js';

export interface CacheRecord {
  readonly definition: Digest;
  readonly key: Digest;
  readonly op: Op;
  /** The resulting root's chainID; null is the empty root. */
  readonly chainID: Digest | null;
  /** The resulting root's content, blind to times (see chainContent); null is the empty root. */
  readonly content: Digest | null;
  /** The contents of the inputs, and of the selection, as they entered the key. */
  readonly inputs: readonly (Digest | null)[];
  readonly selection?: Digest | undefined;
  /** When the step ran, RFC 3339. */
  readonly createdAt: string;
  /** How long it took, in milliseconds. */
  readonly duration: number;
}

/** One file that entered a key; kept beside the record, read only to explain. */
export interface Ingredient {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  readonly mode: number;
  readonly size: number;
  readonly digest: string;
}
