/** One request and its answer, as handlers see them. */
import type {IncomingMessage, OutgoingHttpHeaders, ServerResponse} from 'node:http';
import type {Authority, Grant} from './auth/authority.js';
import type {Faults} from './faults/faults.js';
import type {PullThrough} from './pull-through/pull-through.js';
import type {RegistryStorage} from './storage/registry-storage.js';

export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** To be read once. A client that waits for leave to send it gets it then. */
  readonly body: AsyncIterable<Uint8Array>;
  /** The repository, checked; empty where the endpoint has none. */
  readonly name: string;
  /** The last part of the path, decoded and not checked: a digest, a reference, an upload id. */
  readonly target: string;
  /** What the client may do; that covers at least this request. */
  readonly grant: Grant;
  readonly service: Service;
}

export interface Service {
  readonly storage: RegistryStorage;
  /** Accept an index though not all its manifests are here. */
  readonly sparseIndexes: boolean;
  /** Who decides what a client may do; anything without one. */
  readonly authority?: Authority;
  /** Nothing is pushed or deleted. */
  readonly readOnly: boolean;
  /** Where what is not here is fetched from. */
  readonly pullThrough?: PullThrough;
  /** Failures on purpose. */
  readonly faults: Faults;
  readonly onRequest?: (record: RequestRecord) => void;
  /** Hears of failures that are not the client's. */
  readonly onProblem: (problem: unknown) => void;
}

/** A request that came to its end. */
export interface RequestRecord {
  readonly method: string;
  readonly url: string;
  /** 499 when the client left before the answer was whole. */
  readonly status: number;
  /** Its address. */
  readonly client: string;
  readonly milliseconds: number;
}

export type Handler = (exchange: Exchange) => Promise<void> | void;

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

export const answerJSON = (
  exchange: Pick<Exchange, 'response'>,
  value: unknown,
  headers: OutgoingHttpHeaders = {},
) =>
  answer(exchange, [200, {'Content-Type': 'application/json', ...headers}], JSON.stringify(value));
