/**
 * Digests: what tsbuild trusts. Only sha256 is written; an unknown algorithm is refused on reading.
 *
 * Source  OCI image-spec v1.1.1, descriptor.md § Digests.
 */
import {type Hash, hash} from 'node:crypto';

export type Digest = `sha256:${string}`;

export const digestOf = (data: string | Uint8Array): Digest =>
  `sha256:${hash('sha256', data, 'hex')}`;

/** Ends a running sha256. */
export const finish = (hash: Hash): Digest => `sha256:${hash.digest('hex')}`;

/** The 64 hexadecimal digits. */
export const hexOf = (digest: Digest): string => digest.slice('sha256:'.length);

/** What listings show: 12 hexadecimal digits. */
export const shortID = (digest: Digest): string => hexOf(digest).slice(0, 12);

export const isDigest = (text: string): text is Digest => /^sha256:[0-9a-f]{64}$/.test(text);
