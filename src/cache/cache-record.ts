/** What a finished step leaves behind for the next build: where its result is, and what its key was made of. */
import type {Op} from '../graph/op.js';
import type {Digest} from '../oci/digest.js';

/** What enters a content key, as it was for one step. */
export interface Evidence {
  readonly op: Op;
  /** The contents of the inputs that count whole, in the op's order. */
  readonly inputs: readonly (Digest | null)[];
  /** Digest of the files that are selected, where the op selects any. */
  readonly selection?: Digest | undefined;
}

/** Who asks for a step and where it stands: for people and for finding earlier ones, in no key. */
export interface StepOrigin {
  /** Whose build it is: see `uses.ts`. */
  readonly project: string;
  /** Stage, keyword and number in the stage: `builder COPY 2`. Survives an edit of the instruction. */
  readonly place: string;
}

export interface CacheRecord extends Evidence {
  readonly definition: Digest;
  readonly key: Digest;
  /** The instruction as people see it: `[builder 2/5] RUN make`. */
  readonly name: string;
  /** Names of the inputs, for people. */
  readonly inputNames: readonly string[];
  /** Keys of the results it was made from: while it stays they do, since a build asks for each on its way. */
  readonly parents: readonly Digest[];
  readonly origin: StepOrigin;
  /** The resulting root's chainID; null is the empty root. */
  readonly chainID: Digest | null;
  /** The resulting root's content, blind to times (see chainContent); null is the empty root. */
  readonly content: Digest | null;
  /** Why the step ran: the key of the most alike result there was then; its own where that one's layers were gone. */
  readonly candidate?: Digest | undefined;
  /** No earlier result was to be taken. */
  readonly fresh: boolean;
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
  /** `uid:gid`. */
  readonly owner: string;
  readonly size: number;
  /** sha256 of a file's bytes, hexadecimal; of a symlink its target. */
  readonly digest: string;
}
