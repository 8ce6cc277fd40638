/**
 * Requests to one endpoint: the scheme found out once, who asks told when wanted, what may go better tried again.
 *
 * An endpoint with two schemes is asked over https first; only a host that refuses or speaks no TLS is asked over http, and one
 * that ever completed a handshake never is.
 */
import {setTimeout as sleep} from 'node:timers/promises';
import {bounded} from '../../http/body.js';
import {ConnectionError} from '../../http/errors.js';
import type {HttpClient, HttpRequest, HttpResponse} from '../../http/http-client.js';
import {ONCE, type Retry, type RetryPolicy, retrying, waitAfter} from '../../http/retry.js';
import {type Trust, UNVERIFIED, VERIFIED} from '../../http/trust.js';
import type {FoundCredential} from '../config/docker-config.js';
import type {Endpoint} from '../config/endpoints.js';
import {BadAnswerError} from '../errors.js';
import {Authorizer} from './authorizer.js';
import {isPage} from './is-page.js';
import {readRefusal, refusalError} from './refusal.js';

export interface RegistryRequest {
  readonly method?: HttpRequest['method'] & string;
  /** Below `/v2/`, or an address that the registry gave. */
  readonly target: string | URL;
  /** What a token has to be good for: `repository:team/app:pull`. */
  readonly scopes: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /** A stream is sent once: its sender tries again. */
  readonly body?: HttpRequest['body'];
  /** Statuses that are answers; 200 alone unless said. A 401 is one only after saying who asks has not helped. */
  readonly accept?: readonly number[];
  /** For messages: `pull of hello`. */
  readonly what: string;
  /** The connection's unless said. */
  readonly retry?: RetryPolicy;
  readonly signal?: AbortSignal | undefined;
}

export interface ConnectionOptions {
  readonly http: HttpClient;
  readonly trust: () => Trust;
  readonly credential: () => Promise<FoundCredential | undefined>;
  readonly retry: RetryPolicy;
  readonly onRetry?: ((retry: Retry, place: string) => void) | undefined;
  /** Schemes that hosts turned out to speak, shared by all connections. */
  readonly schemes: Map<string, 'https' | 'http'>;
}

/** Bytes of an answer that nobody reads. */
const LONGEST_ANSWER = 1 << 20;
/** What is seen of a port without TLS. */
const NO_TLS = new Set(['refused', 'reset', 'not TLS']);

export class Connection {
  readonly endpoint: Endpoint;
  readonly #options: ConnectionOptions;
  readonly #trust: Trust;
  readonly #http: HttpClient;
  readonly #authorizer: Authorizer;

  /** Throws CertificateFolderError, UnreadableConfigError. */
  constructor(endpoint: Endpoint, options: ConnectionOptions) {
    this.endpoint = endpoint;
    this.#options = options;
    const {serving, verify} = endpoint;
    this.#http = options.http.by(serving ?? {});
    const named = serving?.certificates;
    const identities = named?.identities === undefined ? {} : {identities: named.identities};
    if (!verify) this.#trust = named === undefined ? UNVERIFIED : {...UNVERIFIED, ...identities};
    else this.#trust = named === undefined ? options.trust() : {...VERIFIED, ...named};
    this.#authorizer = new Authorizer({
      http: this.#http,
      trust: this.#trust,
      credential: async () => (await options.credential())?.credential,
      isInsecure: () => !endpoint.verify || this.#scheme() === 'http',
    });
  }

  /** `http://10.24.2.30:5000`, as far as it is known. */
  get place(): string {
    const {schemes, host, prefix} = this.endpoint;
    return `${this.#scheme() ?? schemes[0]}://${host}${prefix}`;
  }

  /** Throws what `refusalError` makes of a status that is not accepted, ConnectionError, TokenServerError. */
  send(request: RegistryRequest): Promise<HttpResponse> {
    const {body, retry = this.#options.retry, signal} = request;
    return retrying(() => this.#attempt(request), {
      policy: isStream(body) ? ONCE : retry,
      signal,
      onRetry: (each) => this.#options.onRetry?.(each, this.place),
    });
  }

  /** `send` where only the headers of the answer matter. */
  async ask(request: RegistryRequest): Promise<Pick<HttpResponse, 'status' | 'headers'>> {
    const {status, headers, body} = await this.send(request);
    for await (const _ of bounded(body, {limit: LONGEST_ANSWER, what: 'answer'}));
    return {status, headers};
  }

  /** Waits before another attempt at what `send` cannot repeat, and tells so. */
  async pause(
    attempt: number,
    error: Error & {readonly retryAfter?: number | undefined},
    {policy, signal}: {policy: RetryPolicy; signal?: AbortSignal | undefined},
  ): Promise<void> {
    const wait = waitAfter(attempt, policy, error.retryAfter);
    this.#options.onRetry?.({attempt, error, wait}, this.place);
    await sleep(wait, undefined, signal === undefined ? {} : {signal});
  }

  /** An address that the registry gave, relative or not. Behind a proxy it may not know that it is spoken to over https. */
  async resolve(location: string): Promise<URL | undefined> {
    const base = await this.#base(undefined);
    if (!URL.canParse(location, base.href)) return undefined;
    const url = new URL(location, base);
    if (url.host === base.host) url.protocol = base.protocol;
    return /^https?:$/.test(url.protocol) ? url : undefined;
  }

  /** Asks `/v2/` as somebody; a refresh token when the registry's token server gives one. Throws UnauthorizedError. */
  async login(signal?: AbortSignal): Promise<string | undefined> {
    const what = `login to ${this.endpoint.host}`;
    const {headers} = await this.ask({target: '', scopes: [], what, signal});
    // Web sites give a page to whoever comes, and ask for no password.
    if (isPage(headers)) throw new BadAnswerError(this.place, 'want a registry, got text/html');
    return this.#authorizer.refreshToken(signal);
  }

  async #attempt(request: RegistryRequest): Promise<HttpResponse> {
    const {scopes, accept = [200], what, signal} = request;
    const url = await this.#url(request);
    const sent = await this.#authorizer.header(scopes, signal);
    const first = await this.#exchange(request, url, sent);
    const response = first.status === 401 ? await this.#again(request, first, {url, sent}) : first;
    if (accept.includes(response.status)) return response;
    const {host} = this.endpoint;
    const known = await this.#authorizer.isKnown();
    const isElsewhere = response.url.origin !== url.origin;
    const refusal = await readRefusal(response);
    throw refusalError(refusal, response.headers, {what, host, known, isElsewhere});
  }

  /**
   * Once more, as whom the registry wants to hear; what was refused when that makes no difference. Where the registry only sent us on to
   * nobody is told who asks, nor where to tell it.
   */
  async #again(
    request: RegistryRequest,
    refused: HttpResponse,
    {url, sent}: {url: URL; sent: string | undefined},
  ): Promise<HttpResponse> {
    const {scopes, body, signal} = request;
    if (refused.url.origin !== url.origin) return refused;
    const challenge = refused.headers.get('www-authenticate');
    const learnt = this.#authorizer.learn(challenge, scopes, sent);
    if (!learnt || isStream(body)) return refused;
    const header = await this.#authorizer.header(scopes, signal);
    if (header === undefined || header === sent) return refused;
    await readRefusal(refused);
    return this.#exchange(request, url, header);
  }

  /** Credentials, and headers that may be some, go to the registry's own host alone. */
  #exchange(
    {method = 'GET', headers, body, signal}: RegistryRequest,
    url: URL,
    authorization: string | undefined,
  ): Promise<HttpResponse> {
    const isHere = url.origin === new URL(this.place).origin;
    return this.#http.send({
      method,
      url,
      headers: {
        ...(isHere ? this.endpoint.serving?.headers : {}),
        ...headers,
        ...(isHere && authorization !== undefined ? {authorization} : {}),
      },
      ...(body === undefined ? {} : {body}),
      trust: this.#trust,
      signal,
    });
  }

  async #url({target, method = 'GET', signal}: RegistryRequest): Promise<URL> {
    if (target instanceof URL) return target;
    const {namespace} = this.endpoint;
    const url = new URL(`${this.#root}/${target}`, await this.#base(signal));
    const isRead = method === 'GET' || method === 'HEAD';
    if (namespace !== undefined && isRead) url.searchParams.append('ns', namespace);
    return url;
  }

  get #root(): string {
    const {prefix, overridesPath = false} = this.endpoint;
    return overridesPath ? prefix : `${prefix}/v2`;
  }

  async #base(signal: AbortSignal | undefined): Promise<URL> {
    const scheme = this.#scheme() ?? (await this.#findScheme(signal));
    return new URL(`${scheme}://${this.endpoint.host}/`);
  }

  #scheme(): 'https' | 'http' | undefined {
    const {schemes, host} = this.endpoint;
    return schemes.length === 1 ? schemes[0] : this.#options.schemes.get(host);
  }

  async #findScheme(signal: AbortSignal | undefined): Promise<'https' | 'http'> {
    const {host} = this.endpoint;
    const {schemes} = this.#options;
    try {
      const url = new URL(`https://${host}${this.#root}/`);
      await readRefusal(await this.#http.send({url, trust: this.#trust, signal}));
      schemes.set(host, 'https');
    } catch (error) {
      if (!(error instanceof ConnectionError) || !NO_TLS.has(error.failure)) throw error;
      // Another request may have got through meanwhile.
      if (!schemes.has(host)) schemes.set(host, 'http');
    }
    return schemes.get(host) ?? 'https';
  }
}

const isStream = (body: HttpRequest['body']): boolean =>
  body !== undefined && typeof body !== 'string' && !(body instanceof Uint8Array);
