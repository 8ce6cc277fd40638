/** A result as another machine learns of it: what it takes to be found by its keys, and the layers that it adds to a base. */
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import type {CacheRecord} from '../cache-record.js';

export interface SharedLayer {
  /** As it is stored there, packed or not. */
  readonly blob: Descriptor;
  readonly diffID: Digest;
  /** Blind to times: see LayerSummary. */
  readonly contentDigest: Digest;
  /** RFC 3339. */
  readonly createdAt: string;
}

/** Without the op: who finds it has an equal one, and nobody else is to read its arguments. */
export interface SharedResult
  extends Pick<
    CacheRecord,
    | 'definition'
    | 'key'
    | 'name'
    | 'inputs'
    | 'selection'
    | 'inputNames'
    | 'content'
    | 'createdAt'
    | 'duration'
  > {
  /** ChainID of the image it stands on, whose layers are not shared: whoever builds on it has it; null is the empty root. */
  readonly base: Digest | null;
  /** Above the base, in order. */
  readonly layers: readonly SharedLayer[];
}
