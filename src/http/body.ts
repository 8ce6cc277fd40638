/** Bodies that end: after so many bytes, or when nothing has come for too long. */
import type {Readable} from 'node:stream';
import {BodyTooLargeError} from './errors.js';

/**
 * The chunks of a stream. `stalled` is called when none came for `limit` milliseconds while one was waited for, and ends the stream; a
 * consumer may take its time.
 */
export async function* patient(
  body: Readable,
  limit: number,
  stalled: () => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  let waiting = true;
  const timer = setTimeout(() => (waiting ? stalled() : timer.refresh()), limit);
  try {
    for await (const chunk of body) {
      waiting = false;
      yield chunk as Uint8Array;
      waiting = true;
      timer.refresh();
    }
  } finally {
    clearTimeout(timer);
  }
}

/** All of it. Throws BodyTooLargeError as soon as there is more than `limit`; `what` names it there. */
export async function readBody(
  chunks: AsyncIterable<Uint8Array>,
  {limit, what}: {limit: number; what: string},
): Promise<Buffer> {
  const held: Uint8Array[] = [];
  for await (const chunk of bounded(chunks, {limit, what})) held.push(chunk);
  return Buffer.concat(held);
}

/** The same chunks, never one past `limit` bytes. Throws BodyTooLargeError. */
export async function* bounded(
  chunks: AsyncIterable<Uint8Array>,
  {limit, what}: {limit: number; what: string},
): AsyncGenerator<Uint8Array, void, undefined> {
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > limit) throw new BodyTooLargeError(what, limit);
    yield chunk;
  }
}
