import type {ProgramInput} from '../archive/file-compressor.js';
import type {Descriptor} from '../oci/descriptor.js';

/** A place content can be read from. */
export interface Fetcher {
  /** True when `fetch` would succeed; never throws for absence. */
  exists(target: Descriptor): Promise<boolean>;
  /** The bytes, verified against the descriptor as they pass: the iteration throws before it ends on other bytes. */
  fetch(target: Descriptor): AsyncIterable<Uint8Array>;
  /** The same for a program to read by itself; undefined where that cannot be had, or is not worth the trouble. */
  open?(target: Descriptor): Promise<OpenContent | undefined>;
}

export interface OpenContent extends ProgramInput, Disposable {}
