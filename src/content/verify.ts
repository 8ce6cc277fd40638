/**
 * A byte stream that checks itself against the descriptor that promised it.
 *
 * Takes   chunks of any size, in order; `expected.size` in bytes.
 * Yields  the same chunks, never one past `expected.size`, so a hostile registry cannot fill the
 *         disk. Until the generator returns, no consumer may trust what it received.
 * Throws  SizeMismatchError as soon as the stream is too long, or at its end when too short;
 *         DigestMismatchError at its end.
 * Source  OCI image-spec v1.1.1, descriptor.md § Verification.
 */
import {createHash} from 'node:crypto';
import type {Descriptor} from '../oci/descriptor.js';
import {digestOf, finish} from '../oci/digest.js';
import {DigestMismatchError, SizeMismatchError} from './errors.js';

type Promised = Pick<Descriptor, 'digest' | 'size'>;

export async function* verified(
  chunks: AsyncIterable<Uint8Array>,
  expected: Promised,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256');
  let size = 0;

  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > expected.size) break;
    hash.update(chunk);
    yield chunk;
  }

  if (size !== expected.size) throw new SizeMismatchError(expected.digest, expected.size, size);
  const digest = finish(hash);
  if (digest !== expected.digest) throw new DigestMismatchError(expected.digest, digest);
}

/** The same check of bytes already in memory. */
export function verifyBytes<Data extends Uint8Array>(data: Data, expected: Promised): Data {
  if (data.byteLength !== expected.size) {
    throw new SizeMismatchError(expected.digest, expected.size, data.byteLength);
  }
  const digest = digestOf(data);
  if (digest !== expected.digest) throw new DigestMismatchError(expected.digest, digest);
  return data;
}
