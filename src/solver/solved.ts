import type {ImportedResult} from '../cache/shared/imported-results.js';
import type {Digest} from '../oci/digest.js';
import type {LazyRoot, Root} from './executor.js';

/** What a vertex came to. */
export interface Solved {
  readonly definition: Digest;
  /** Of the cache record that tells of it; a base image has none. */
  readonly key?: Digest;
  /** The root's content, blind to times; undefined is the empty root. */
  readonly content: Digest | undefined;
  readonly chainID: Digest | undefined;
  readonly cached: boolean;
  /** The image at the bottom of the root; undefined where that is the empty root. */
  readonly base: LazyRoot | undefined;
  /** Where another machine made it. */
  readonly imported?: ImportedResult;
  open(): Promise<Root>;
  /**
   * Settles when the cache has it, of a step that ran: what it was made of has been looked at by then. Throws
   * AlteredSnapshotError where that was damaged, and so is the result.
   */
  readonly recorded?: Promise<void>;
  /** Records an imported result as this machine's own, if its layers are here by now. */
  keep?(): void;
}
