import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';

/**
 * The registry that a cache stands in front of.
 *
 * Undefined is the registry's own answer: there is none, or none for us. A registry that gives no answer makes each of them throw.
 */
export interface Upstream {
  /** As it stands in references: `docker.io`. */
  readonly domain: string;
  /** What a tag or digest names. */
  resolve(name: string, reference: string): Promise<Descriptor | undefined>;
  /** Verified. */
  manifest(name: string, target: Descriptor): Promise<Buffer>;
  /** Bytes. */
  blobSize(name: string, digest: Digest): Promise<number | undefined>;
  /** Verified as the bytes pass: the iteration throws before it ends on other bytes. */
  blob(name: string, target: Pick<Descriptor, 'digest' | 'size'>): AsyncIterable<Uint8Array>;
  tags(name: string): Promise<readonly string[] | undefined>;
  referrers(name: string, subject: Digest): Promise<readonly Descriptor[] | undefined>;
}
