/**
 * A byte stream that checks itself against the descriptor that promised it, once, wherever it goes.
 *
 * Takes   chunks of any size, in order; `expected.size` in bytes. A stream that checks itself against the same already is
 *         that stream: who reads and who stores both ask for the check, and the bytes are hashed once.
 * Yields  the same chunks, never one past `expected.size`, so a hostile registry cannot fill the
 *         disk. Until the iteration ends, no consumer may trust what it received. It can be read once.
 * Throws  SizeMismatchError as soon as the stream is too long, or at its end when too short;
 *         DigestMismatchError at its end.
 * Source  OCI image-spec v1.1.1, descriptor.md § Verification.
 */
import {createHash} from 'node:crypto';
import {invariant} from '../base/bug.js';
import type {Descriptor} from '../oci/descriptor.js';
import {type Digest, digestOf, finish} from '../oci/digest.js';
import {DigestMismatchError, SizeMismatchError} from './errors.js';

type Promised = Pick<Descriptor, 'digest' | 'size'>;
type Mismatch = DigestMismatchError | SizeMismatchError;

/** `onMismatch` hears first of bytes that are not the promised ones. */
export function verified(
  chunks: AsyncIterable<Uint8Array>,
  expected: Promised,
  onMismatch?: (error: Mismatch) => void,
): AsyncIterable<Uint8Array> {
  if (chunks instanceof VerifiedStream && chunks.isWholeOf(expected)) return chunks;
  return new VerifiedStream(checked(chunks, expected, onMismatch), expected);
}

/** The same stream, no less verified; `taken` hears of each chunk's bytes once they were. */
export function observed(
  chunks: AsyncIterable<Uint8Array>,
  taken: (bytes: number) => void,
): AsyncIterable<Uint8Array> {
  const told = telling(chunks, taken);
  return chunks instanceof VerifiedStream && chunks.isWholeOf(chunks.expected)
    ? new VerifiedStream(told, chunks.expected)
    : told;
}

/** Made here alone, of chunks that were checked; not to be had in part, for the check is of the whole. */
class VerifiedStream implements AsyncIterable<Uint8Array> {
  readonly expected: Promised;
  readonly #chunks: AsyncGenerator<Uint8Array, void, undefined>;
  #begun = false;

  constructor(chunks: AsyncGenerator<Uint8Array, void, undefined>, expected: Promised) {
    this.#chunks = chunks;
    this.expected = expected;
  }

  /** Whether all of it is still to come, and will have been checked against the same. */
  isWholeOf({digest, size}: Promised): boolean {
    return !this.#begun && this.expected.digest === digest && this.expected.size === size;
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    invariant(!this.#begun, 'a verified stream is read once');
    this.#begun = true;
    return this.#chunks;
  }
}

async function* checked(
  chunks: AsyncIterable<Uint8Array>,
  expected: Promised,
  onMismatch: ((error: Mismatch) => void) | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash('sha256');
  let size = 0;

  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > expected.size) break;
    hash.update(chunk);
    yield chunk;
  }

  const mismatch = mismatchOf(size, () => finish(hash), expected);
  if (mismatch === undefined) return;
  onMismatch?.(mismatch);
  throw mismatch;
}

async function* telling(
  chunks: AsyncIterable<Uint8Array>,
  taken: (bytes: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    yield chunk;
    taken(chunk.byteLength);
  }
}

/** The same check of bytes already in memory. */
export function verifyBytes<Data extends Uint8Array>(data: Data, expected: Promised): Data {
  const mismatch = mismatchOf(data.byteLength, () => digestOf(data), expected);
  if (mismatch === undefined) return data;
  throw mismatch;
}

function mismatchOf(size: number, digest: () => Digest, want: Promised): Mismatch | undefined {
  if (size !== want.size) return new SizeMismatchError(want.digest, want.size, size);
  const got = digest();
  return got === want.digest ? undefined : new DigestMismatchError(want.digest, got);
}
