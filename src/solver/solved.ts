import type {Digest} from '../oci/digest.js';
import type {Root} from './executor.js';

/** What a vertex came to. */
export interface Solved {
  readonly definition: Digest;
  /** Of the cache record that tells of it; a base image has none. */
  readonly key?: Digest;
  /** The root's content, blind to times; undefined is the empty root. */
  readonly content: Digest | undefined;
  readonly chainID: Digest | undefined;
  readonly cached: boolean;
  open(): Promise<Root>;
}
