/**
 * A blob's bytes from one endpoint, going on where the connection broke.
 *
 * An attempt that brought bytes is no failure; as many in a row without as there are attempts end it. A server that answers a
 * Range with the whole is read from its start, and what is known already is dropped.
 * Source  OCI distribution-spec v1.1.1 § Pulling blobs; RFC 9110 § 14.
 */
import type {HttpResponse} from '../../http/http-client.js';
import {isTransient, type RetryPolicy} from '../../http/retry.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {BadAnswerError} from '../errors.js';
import type {Connection} from './connection.js';
import {pullScope} from './scopes.js';
import {withoutFirst} from './without-first.js';

export interface BlobQuery {
  /** Repository's path at the endpoint. */
  readonly path: string;
  readonly blob: Descriptor;
  /** Bytes that the reader has. */
  readonly from: number;
  readonly what: string;
  readonly retry: RetryPolicy;
  readonly signal?: AbortSignal | undefined;
}

/** Bytes that count as progress: less each time would never end. */
const PROGRESS = 16 * 1024;

/** Bytes from `from` on, not verified. Throws what Connection.send throws, BadAnswerError. */
export async function* blobBytes(
  connection: Connection,
  query: BlobQuery,
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = query.from;
  for (let failures = 0; ; ) {
    const before = at;
    const chunks = await open(connection, query, at);
    try {
      for await (const chunk of chunks) {
        at += chunk.byteLength;
        yield chunk;
      }
      return;
    } catch (error) {
      if (at === query.blob.size) return;
      failures = at - before >= PROGRESS ? 0 : failures + 1;
      await goOn(connection, query, {error, failures});
    }
  }
}

/** Throws the error unless there is another attempt, and waits for that. */
async function goOn(
  connection: Connection,
  {retry: policy, signal}: BlobQuery,
  {error, failures}: {error: unknown; failures: number},
): Promise<void> {
  signal?.throwIfAborted();
  if (!isTransient(error) || failures >= policy.attempts) throw error;
  if (failures > 0) await connection.pause(failures, error, {policy, signal});
}

async function open(
  connection: Connection,
  {path, blob, what, retry, signal}: BlobQuery,
  at: number,
): Promise<AsyncIterable<Uint8Array>> {
  const response = await connection.send({
    target: `${path}/blobs/${blob.digest}`,
    scopes: [pullScope(path)],
    ...(at === 0 ? {} : {headers: {range: `bytes=${at}-`}}),
    accept: [200, 206],
    what,
    retry,
    signal,
  });
  if (at === 0) return response.body;
  return response.status === 206 ? rest(connection, response, at) : withoutFirst(at, response.body);
}

function rest(
  connection: Connection,
  {headers, body}: HttpResponse,
  at: number,
): AsyncIterable<Uint8Array> {
  const range = headers.get('content-range') ?? '';
  if (range.startsWith(`bytes ${at}-`)) return body;
  throw new BadAnswerError(connection.place, `want bytes from ${at}, got ${JSON.stringify(range)}`);
}
