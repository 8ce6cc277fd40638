/**
 * One exchange of HTTP: a request, its redirects, and the answer whatever its status.
 *
 * Follows up to ten redirects of GET and HEAD, and 307 and 308 of what can be sent twice. Authorization and Cookie stay with scheme, host
 * and port they were for.
 * Throws  ConnectionError, RedirectError; the signal's reason.
 */
import {Readable} from 'node:stream';
import fetch, {type Headers, type Response} from 'node-fetch';
import {Agents} from './agents.js';
import {basicOf} from './basic.js';
import {patient, readBody} from './body.js';
import {connectionFailure} from './connection-failure.js';
import {ConnectionError, HttpStatusError, RedirectError} from './errors.js';
import {DIRECT, type ProxyFor} from './proxy.js';
import {retryAfter} from './retry.js';
import {type Trust, VERIFIED} from './trust.js';

export interface HttpRequest {
  readonly url: URL;
  /** GET unless said. */
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** The body is for this origin alone: a redirect to another is an answer. */
  readonly isSecret?: boolean;
  readonly trust?: Trust;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Pick<Headers, 'get'>;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
  /** To be read to its end, or left by `return`: a connection waits for it. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** What is told of each exchange; nothing in it is secret but for the path. */
export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly outcome: number | ConnectionError;
  readonly milliseconds: number;
}

export interface HttpClientOptions {
  readonly userAgent: string;
  readonly roots: () => readonly string[];
  /** No proxy unless said. */
  readonly proxies?: ProxyFor;
  readonly onExchange?: ((exchange: Exchange) => void) | undefined;
  /** Milliseconds until a connection stands; 15 s. */
  readonly connectTimeout?: number;
  /** Milliseconds without a byte in either direction; a minute. */
  readonly silence?: number;
}

const MOST_REDIRECTS = 10;

/** How some hosts are reached, where that is not as all others are. */
export interface Way {
  /** In place of those of the environment. */
  readonly proxy?: URL | undefined;
  /** Milliseconds. */
  readonly connectTimeout?: number | undefined;
}

export class HttpClient implements Disposable {
  readonly #options: HttpClientOptions;
  readonly #agents: Agents;
  readonly #silence: number;
  /** Clients of other ways, by their options. */
  readonly #others = new Map<string, HttpClient>();

  constructor(options: HttpClientOptions) {
    this.#options = options;
    const {roots, proxies = DIRECT, connectTimeout = 15_000} = options;
    this.#agents = new Agents({roots, proxies, connectTimeout});
    this.#silence = options.silence ?? 60_000;
  }

  /** A client that goes another way, closed with this one. */
  by({proxy, connectTimeout}: Way): HttpClient {
    if (proxy === undefined && connectTimeout === undefined) return this;
    const key = JSON.stringify([proxy?.href, connectTimeout]);
    const known = this.#others.get(key);
    if (known !== undefined) return known;
    const client = new HttpClient({
      ...this.#options,
      ...(proxy === undefined ? {} : {proxies: () => proxy}),
      ...(connectTimeout === undefined ? {} : {connectTimeout}),
    });
    this.#others.set(key, client);
    return client;
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    let next = withUserInfo(request);
    for (let followed = 0; ; followed++) {
      const response = await this.#exchange(next);
      const redirected = redirect(next, response);
      if (redirected === undefined) return response;
      if (followed === MOST_REDIRECTS) {
        throw new RedirectError(request.url, `want at most ${MOST_REDIRECTS}, got more`);
      }
      await discard(response);
      next = redirected;
    }
  }

  /** `send`, where anything but 2xx and what is `also` expected is an HttpStatusError. */
  async fetch(request: HttpRequest, also?: number): Promise<HttpResponse> {
    const response = await this.send(request);
    if ((response.status >= 200 && response.status < 300) || response.status === also)
      return response;
    await discard(response);
    const {status, url, headers} = response;
    const after = retryAfter(headers.get('retry-after'));
    throw new HttpStatusError({method: request.method ?? 'GET', url, status}, {retryAfter: after});
  }

  [Symbol.dispose](): void {
    this.#agents.close();
    for (const other of this.#others.values()) other[Symbol.dispose]();
  }

  async #exchange(request: HttpRequest): Promise<HttpResponse> {
    const {url, method = 'GET', signal} = request;
    signal?.throwIfAborted();
    const started = performance.now();
    const tell = (outcome: Exchange['outcome']): void =>
      this.#options.onExchange?.({
        method,
        url,
        outcome,
        milliseconds: Math.round(performance.now() - started),
      });
    const limits = new Limits(signal, this.#silence);
    const failed = (error: unknown): unknown => {
      signal?.throwIfAborted();
      const reason = limits.isStalled ? stalled(this.#silence) : error;
      return new ConnectionError(url, connectionFailure(reason), reason);
    };
    try {
      const response = await this.#fetch(request, limits);
      limits.stop();
      tell(response.status);
      return {
        status: response.status,
        headers: response.headers,
        url,
        body: this.#bodyOf(response, limits, failed),
      };
    } catch (error) {
      limits.stop();
      const failure = failed(error);
      if (failure instanceof ConnectionError) tell(failure);
      throw failure;
    }
  }

  #fetch({url, method, headers, body, trust}: HttpRequest, limits: Limits): Promise<Response> {
    return fetch(url.href, {
      method: method ?? 'GET',
      headers: {'user-agent': this.#options.userAgent, ...headers},
      redirect: 'manual',
      // Bytes as they are: their digest counts, and nobody else's compression.
      compress: false,
      agent: this.#agents.for(url, trust ?? VERIFIED),
      signal: limits.signal,
      ...(body === undefined ? {} : {body: limits.watched(body)}),
    });
  }

  async *#bodyOf(
    {body}: Response,
    limits: Limits,
    failed: (error: unknown) => unknown,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    if (body === null) return;
    const readable = body as Readable;
    try {
      yield* patient(readable, this.#silence, () => limits.stall());
    } catch (error) {
      throw failed(error);
    } finally {
      limits.end();
      readable.destroy();
    }
  }
}

/** User and password of an address go into a header, which redirects to others leave out. */
function withUserInfo(request: HttpRequest): HttpRequest {
  const authorization = basicOf(request.url);
  if (authorization === undefined) return request;
  const {origin, pathname, search} = request.url;
  const url = new URL(`${origin}${pathname}${search}`);
  return {...request, url, headers: {authorization, ...request.headers}};
}

/** Ends the body, so that the connection serves the next request when little is left of it. */
async function discard({body}: Pick<HttpResponse, 'body'>): Promise<void> {
  await readBody(body, {limit: 1 << 16, what: 'body'}).catch(() => undefined);
}

/** The request that a redirect asks for; undefined when the response is none, or the request cannot be sent twice. */
function redirect(request: HttpRequest, {status, headers}: HttpResponse): HttpRequest | undefined {
  const {url, method = 'GET', body} = request;
  const location = headers.get('location');
  const safe = method === 'GET' || method === 'HEAD';
  const again = safe || (isRepeatable(body) && (status === 307 || status === 308));
  if (![301, 302, 303, 307, 308].includes(status) || location === null || !again) return undefined;
  if (!URL.canParse(location, url.href)) throw new RedirectError(url, 'want an address');
  const target = new URL(location, url);
  if (target.protocol !== 'http:' && target.protocol !== 'https:') {
    throw new RedirectError(url, `want http or https, got ${target.protocol}`);
  }
  if (request.isSecret && target.origin !== url.origin) return undefined;
  const onward = target.origin === url.origin ? {} : forOthers(request);
  return withUserInfo({...request, url: target, ...onward});
}

const isRepeatable = (body: HttpRequest['body']): boolean =>
  body === undefined || typeof body === 'string' || body instanceof Uint8Array;

/** What another host may see: not who asks. It is trusted as the first one was, as storage behind a private registry has to be. */
function forOthers({headers = {}}: HttpRequest): Pick<HttpRequest, 'headers'> {
  const secret = ['authorization', 'cookie'];
  const kept = Object.entries(headers).filter(([name]) => !secret.includes(name.toLowerCase()));
  return {headers: Object.fromEntries(kept)};
}

const stalled = (limit: number): Error =>
  Object.assign(new Error(`nothing came for ${limit} ms`), {code: 'ETIMEDOUT'});

/** Ends an exchange when its caller does, or when nothing moves for too long. */
class Limits {
  isStalled = false;
  readonly #abort = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #outer: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#abort.abort();

  constructor(outer: AbortSignal | undefined, silence: number) {
    this.#outer = outer;
    outer?.addEventListener('abort', this.#onAbort);
    this.#timer = setTimeout(() => this.stall(), silence);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  stall(): void {
    this.isStalled = true;
    this.#abort.abort();
  }

  /** The headers are here. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  /** The body is, too. */
  end(): void {
    this.stop();
    this.#outer?.removeEventListener('abort', this.#onAbort);
  }

  /** A body whose progress counts as life. */
  watched(body: NonNullable<HttpRequest['body']>): string | Buffer | Readable {
    if (typeof body === 'string') return body;
    if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.length);
    const timer = this.#timer;
    const chunks = async function* () {
      for await (const chunk of body) {
        timer.refresh();
        yield chunk;
      }
    };
    return Readable.from(chunks(), {objectMode: false});
  }
}
