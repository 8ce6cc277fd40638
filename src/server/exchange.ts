/** One request and its answer, as handlers see them. */
import type {IncomingMessage, OutgoingHttpHeaders, ServerResponse} from 'node:http';
import type {RegistryStorage} from './storage/registry-storage.js';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** The repository, checked; empty where the endpoint has none. */
  readonly name: string;
  /** The last part of the path, decoded and not checked: a digest, a reference, an upload id. */
  readonly target: string;
  readonly service: Service;
}

export interface Service {
  readonly storage: RegistryStorage;
  /** Accept an index though not all its manifests are here. */
  readonly sparseIndexes: boolean;
  /** Hears of failures that are not the client's. */
  readonly onProblem: (problem: unknown) => void;
}

export type Handler = (exchange: Exchange) => Promise<void> | void;

/** The request's body. A client that waits for leave to send it gets it now. */
export function bodyOf({request, response}: Exchange): AsyncIterable<Uint8Array> {
  if (request.headers.expect !== undefined) response.writeContinue();
  return request;
}

/** Answers; the body, if any, is complete. */
export function answer(
  {response}: Pick<Exchange, 'response'>,
  [status, headers]: readonly [number, OutgoingHttpHeaders],
  body: string | Uint8Array = '',
): void {
  const length =
    status === 204 || status === 304 ? {} : {'Content-Length': Buffer.byteLength(body)};
  response.writeHead(status, {...length, ...headers});
  response.end(body);
}

export const answerJSON = (exchange: Exchange, value: unknown, headers: OutgoingHttpHeaders = {}) =>
  answer(exchange, [200, {'Content-Type': 'application/json', ...headers}], JSON.stringify(value));
