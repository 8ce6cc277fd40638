import {type Digest, digestOf} from './digest.js';
import type {Platform} from './platform.js';

/**
 * Names content by what it is: type, digest, size in bytes.
 *
 * Source  OCI image-spec v1.1.1, descriptor.md.
 */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly urls?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly platform?: Platform;
  readonly artifactType?: string;
}

/** What names these bytes. */
export const describe = (mediaType: string, data: Uint8Array): Descriptor => ({
  mediaType,
  digest: digestOf(data),
  size: data.byteLength,
});
