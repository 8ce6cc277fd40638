import type {Vertex} from '../graph/vertex.js';
import type {Digest} from '../oci/digest.js';

/** What happens while a graph is solved. `at` is milliseconds of a monotonic clock since the solve began. */
export type SolveEvent =
  | {readonly kind: 'started'; readonly vertex: Vertex; readonly at: number}
  | {
      readonly kind: 'log';
      readonly vertex: Vertex;
      readonly at: number;
      readonly stream: 'stdout' | 'stderr';
      readonly data: Uint8Array;
    }
  /** `bytes` of `total` done, of a copy or an unpack. */
  | {
      readonly kind: 'progress';
      readonly vertex: Vertex;
      readonly at: number;
      readonly label: string;
      readonly done: number;
      readonly total: number;
    }
  | {
      readonly kind: 'finished';
      readonly vertex: Vertex;
      readonly at: number;
      readonly cached: boolean;
      /** The shared cache it was taken from. */
      readonly from?: string;
      readonly chainID: Digest | undefined;
      /** Of the cache record that tells of it. */
      readonly key: Digest | undefined;
    }
  /** The cache tells of what a step that ran has made; never of what was made of damaged layers. */
  | {readonly kind: 'recorded'; readonly vertex: Vertex; readonly at: number; readonly key: Digest}
  | {readonly kind: 'failed'; readonly vertex: Vertex; readonly at: number; readonly error: Error}
  | {readonly kind: 'canceled'; readonly vertex: Vertex; readonly at: number};
