import type {Descriptor} from '../oci/descriptor.js';

/** A place content can be written to. */
export interface Pusher {
  /** After return the content is stored at `target.digest`, whoever put it there. Other bytes are refused, nothing kept: see `verified`. */
  push(target: Descriptor, content: AsyncIterable<Uint8Array>): Promise<void>;
}
