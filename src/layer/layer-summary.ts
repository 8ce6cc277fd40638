import type {Digest} from '../oci/digest.js';

/** What a layer is, learned in one walk over it. */
export interface LayerSummary {
  /** sha256 of the layer's uncompressed tar. */
  readonly diffID: Digest;
  /** Bytes of that tar. */
  readonly size: number;
  /** Like diffID but blind to times: equal for two runs that produced the same files. */
  readonly contentDigest: Digest;
}
