/**
 * Registries as this machine is configured to reach them: a reference in, a place to pull from or push to out.
 *
 * Connections, tokens and what was learned of a host are kept as long as the client is.
 */
import {lookup} from 'node:dns/promises';
import {invariant} from '../../base/bug.js';
import {OfflineError} from '../../http/errors.js';
import type {Exchange, HttpClient} from '../../http/http-client.js';
import {PATIENT, type Retry, type RetryPolicy} from '../../http/retry.js';
import type {Digest} from '../../oci/digest.js';
import {familiarReference, type Reference} from '../../oci/reference.js';
import {trustFor} from '../config/certificates.js';
import type {FoundCredential} from '../config/docker-config.js';
import {type Endpoint, type Purpose, type Route, routeTo} from '../config/endpoints.js';
import {CredentialHelperError} from '../config/errors.js';
import type {RegistrySettings} from '../config/settings.js';
import {NobodyToPushToError} from '../errors.js';
import {type AheadUploadOptions, AheadUploads} from './ahead-uploads.js';
import {Connection} from './connection.js';
import {PullSource, type PullSourceOptions, type Skipped} from './pull-source.js';
import {PushTarget, type PushTargetOptions} from './push-target.js';

/** What happens on the way that a person may want to hear of. */
export type RegistryNotice =
  | ({readonly kind: 'skipped'} & Skipped)
  | {readonly kind: 'retry'; readonly place: string; readonly retry: Retry}
  /** Something in the configuration that will not do what it seems to. */
  | {readonly kind: 'warning'; readonly warning: string}
  /** One request and its answer. */
  | {readonly kind: 'exchange'; readonly exchange: Exchange};

export interface RegistryClientOptions {
  readonly settings: RegistrySettings;
  readonly http: HttpClient;
  readonly retry?: RetryPolicy | undefined;
  /** Nothing is asked: every use of the network is an OfflineError. */
  readonly offline?: boolean | undefined;
  readonly onNotice?: ((notice: RegistryNotice) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type PushOptions = Pick<PushTargetOptions, 'root' | 'onBlob' | 'ahead'> & {
  /** Repositories, with their hosts, that may have a blob; likeliest first. */
  readonly knownIn?: (digest: Digest) => readonly string[];
};

export class RegistryClient {
  readonly #options: RegistryClientOptions;
  readonly #connections = new Map<string, Connection>();
  readonly #schemes = new Map<string, 'https' | 'http'>();
  readonly #addresses = new Map<string, Promise<readonly string[]>>();

  constructor(options: RegistryClientOptions) {
    this.#options = options;
  }

  get settings(): RegistrySettings {
    return this.#options.settings;
  }

  get isOffline(): boolean {
    return this.#options.offline === true;
  }

  /** A repository at whatever endpoints serve it. Throws OfflineError, CertificateFolderError, UnreadableConfigError. */
  async pulling(reference: Reference): Promise<PullSource> {
    this.#goOn(familiarReference(reference));
    const {endpoints, upstreamForbidden} = await this.route(reference.domain, 'pull');
    return this.#source(reference, {
      connections: endpoints.map((endpoint) => this.connect(endpoint)),
      ...(upstreamForbidden ? {forbiddenBy: this.settings.policy.path} : {}),
    });
  }

  /** A repository at its registry itself, past all mirrors and policies. Throws as `pulling`. */
  async pullingFromRegistry(reference: Reference): Promise<PullSource> {
    return this.#source(reference, {connections: [await this.registry(reference)]});
  }

  #source(
    reference: Reference,
    from: Pick<PullSourceOptions, 'connections' | 'forbiddenBy'>,
  ): PullSource {
    const {retry = PATIENT, http, onNotice, signal} = this.#options;
    return new PullSource({
      ...from,
      reference,
      retry,
      elsewhere: (url) => http.fetch({url, signal}),
      onSkipped: (skipped) => onNotice?.({kind: 'skipped', ...skipped}),
      signal,
    });
  }

  /** Throws as `pulling`; NobodyToPushToError. */
  async pushing(
    reference: Reference,
    {knownIn, ...options}: PushOptions = {},
  ): Promise<PushTarget> {
    const {retry = PATIENT, signal} = this.#options;
    const {domain, path} = reference;
    const connection = await this.#pushedTo(reference);
    const mountFrom = (digest: Digest): string | undefined =>
      knownIn?.(digest)
        .filter((known) => known.startsWith(`${domain}/`))
        .map((known) => known.slice(domain.length + 1))
        .find((known) => known !== path);
    return new PushTarget({connection, path, retry, mountFrom, signal, ...options});
  }

  /** For blobs of an image that is to be pushed there. Throws as `pushing`. */
  async sendingAhead(
    reference: Reference,
    options: Pick<AheadUploadOptions, 'onProgress'>,
  ): Promise<AheadUploads> {
    const connection = await this.#pushedTo(reference);
    return new AheadUploads({
      ...options,
      connection,
      path: reference.path,
      signal: this.#options.signal,
    });
  }

  /** The registry itself, past all mirrors. Throws as `pulling`. */
  async registry({domain}: Pick<Reference, 'domain'>): Promise<Connection> {
    this.#goOn(domain);
    const [own] = (await this.route(domain, 'itself')).endpoints;
    invariant(own !== undefined, 'there always is a registry itself');
    return this.connect(own);
  }

  async #pushedTo({domain}: Pick<Reference, 'domain'>): Promise<Connection> {
    this.#goOn(domain);
    const [first] = (await this.route(domain, 'push')).endpoints;
    if (first === undefined) throw new NobodyToPushToError(domain);
    return this.connect(first);
  }

  /** Where a host's content is pulled from or pushed to, with the reasons. */
  route(domain: string, purpose: Purpose | 'itself'): Promise<Route> {
    return routeTo({domain, purpose}, this.settings, (name) => this.#lookUp(name));
  }

  /** `credential` in place of the configured one. */
  connect(endpoint: Endpoint, credential?: FoundCredential): Connection {
    const key = JSON.stringify([
      endpoint.role,
      endpoint.schemes,
      endpoint.host,
      endpoint.prefix,
      endpoint.credential,
      // One that hosts.toml names is reached as the file of that registry says.
      endpoint.serving && endpoint.trail,
    ]);
    const known = credential === undefined ? this.#connections.get(key) : undefined;
    if (known !== undefined) return known;
    const {http, settings, retry = PATIENT, onNotice} = this.#options;
    const connection = new Connection(endpoint, {
      http,
      trust: () => trustFor(endpoint.host, settings.certificates),
      credential: async () => credential ?? this.#credentialFor(endpoint),
      retry,
      onRetry: (each, place) => onNotice?.({kind: 'retry', place, retry: each}),
      schemes: this.#schemes,
    });
    if (credential === undefined) this.#connections.set(key, connection);
    return connection;
  }

  /** A helper that cannot be asked does not keep from what anybody may have. */
  async #credentialFor({credential}: Endpoint): Promise<FoundCredential | undefined> {
    const {settings, onNotice} = this.#options;
    try {
      return await settings.credentials.find(credential);
    } catch (error) {
      if (!(error instanceof CredentialHelperError)) throw error;
      onNotice?.({kind: 'warning', warning: `no credentials for ${credential}: ${error.message}`});
      return undefined;
    }
  }

  #goOn(what: string): void {
    if (!this.#options.offline) return;
    throw new OfflineError(what, 'Pull it beforehand, or leave --offline away.');
  }

  /** A host's addresses; none when it cannot be resolved. */
  #lookUp(name: string): Promise<readonly string[]> {
    const known = this.#addresses.get(name);
    if (known !== undefined) return known;
    const asked = lookup(name, {all: true}).then(
      (found) => found.map(({address}) => address),
      () => [],
    );
    this.#addresses.set(name, asked);
    return asked;
  }
}
