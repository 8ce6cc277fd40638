import type {Descriptor} from '../oci/descriptor.js';
import {ContentTooLargeError} from './errors.js';
import type {Fetcher} from './fetcher.js';

/** A document whole, verified. Throws ContentTooLargeError before reading when it claims more than `limit` bytes. */
export async function readAll(
  source: Pick<Fetcher, 'fetch'>,
  target: Descriptor,
  limit: number,
): Promise<Buffer> {
  if (target.size > limit) throw new ContentTooLargeError(target.digest, limit, target.size);
  const chunks: Uint8Array[] = [];
  for await (const chunk of source.fetch(target)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Bytes in memory as the stream that Pusher takes. */
export async function* once(data: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield data;
}
