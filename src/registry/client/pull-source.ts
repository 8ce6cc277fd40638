/**
 * A repository to pull from: its endpoints in order, each skipped when it fails, what it says told.
 *
 * Every byte is verified. An endpoint that gives other bytes than promised is left out for that content, and a copy reads it once
 * more. The last endpoint is asked as often as the policy says, the others once: the next one is at hand.
 */
import {TsbuildError} from '../../base/error.js';
import {isBranch} from '../../content/children.js';
import {type CopyEnds, type CopyOptions, copy} from '../../content/copy.js';
import {DigestMismatchError, SizeMismatchError} from '../../content/errors.js';
import type {Fetcher} from '../../content/fetcher.js';
import {verified, verifyBytes} from '../../content/verify.js';
import type {HttpResponse} from '../../http/http-client.js';
import {ONCE, type RetryPolicy} from '../../http/retry.js';
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import {familiarReference, familiarRepository, type Reference} from '../../oci/reference.js';
import {can} from '../config/endpoints.js';
import type {Capability} from '../config/hosts-file.js';
import {NoEndpointError, NotAnImageError} from '../errors.js';
import {blobBytes} from './blob-stream.js';
import type {Connection} from './connection.js';
import {foreignBytes, isForeign} from './foreign-layer.js';
import {
  getManifest,
  type ManifestAnswer,
  type ManifestQuery,
  resolveManifest,
} from './manifests.js';
import {asPullError} from './pull-error.js';

/** An endpoint that was passed over, and why. */
export interface Skipped {
  readonly place: string;
  readonly reason: string;
}

export interface PullSourceOptions {
  readonly connections: readonly Connection[];
  readonly reference: Reference;
  readonly retry: RetryPolicy;
  /** Reads an address that is no registry's, as nobody. */
  readonly elsewhere: (url: URL) => Promise<HttpResponse>;
  /** The policy file, where it forbids the registry itself. */
  readonly forbiddenBy?: string | undefined;
  readonly onSkipped?: ((skipped: Skipped) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Resolved extends ManifestAnswer {
  /** Where the answer came from. */
  readonly place: string;
}

export class PullSource implements Pick<Fetcher, 'fetch'> {
  readonly #options: PullSourceOptions;
  readonly #liars = new Map<Digest, Set<Connection>>();
  /** Place → reason; told once each. */
  readonly #skipped = new Map<string, string>();
  /** Documents that came with an answer already. */
  readonly #documents = new Map<Digest, Buffer>();

  constructor(options: PullSourceOptions) {
    this.#options = options;
  }

  /** What the reference points to. */
  async resolve(): Promise<Resolved> {
    const {tag, digest} = this.#options.reference;
    // What a name stands for is a matter of trust; content is checked.
    const asked = this.#able(digest === undefined ? 'resolve' : 'pull');
    const resolved = await this.#first(asked, async (connection, retry) => {
      const query = this.#manifestQuery(digest ?? tag ?? 'latest', retry);
      return {...(await resolveManifest(connection, query)), place: connection.place};
    });
    if (resolved.data !== undefined) this.#documents.set(resolved.target.digest, resolved.data);
    return resolved;
  }

  fetch(target: Descriptor): AsyncIterable<Uint8Array> {
    return isBranch(target) ? this.#document(target) : this.#blob(target);
  }

  /** The target and all it points to into another place, from whichever endpoint gives it right. Throws as `copy`. */
  copyTo(
    to: CopyEnds['to'],
    target: Descriptor,
    options: Omit<CopyOptions, 'again'> = {},
  ): Promise<void> {
    const again: CopyOptions['again'] = ({digest}, error) =>
      isLie(error) && this.#truthful(digest).length > 0;
    return copy({from: this, to}, target, {...options, again});
  }

  async *#document(target: Descriptor): AsyncGenerator<Uint8Array, void, undefined> {
    yield await this.#manifest(target);
  }

  async #manifest(target: Descriptor): Promise<Buffer> {
    const known = this.#documents.get(target.digest);
    if (known !== undefined) return known;
    return this.#first(this.#truthful(target.digest), async (connection, retry) => {
      const query = this.#manifestQuery(target.digest, retry);
      return verifyBytes((await getManifest(connection, query)).data, target);
    });
  }

  #manifestQuery(reference: string, retry: RetryPolicy): ManifestQuery {
    const {path} = this.#options.reference;
    return {path, reference, what: this.#what, retry, signal: this.#options.signal};
  }

  #blob(blob: Descriptor): AsyncIterable<Uint8Array> {
    const served: Connection[] = [];
    return verified(this.#bytes(blob, served), blob, (lie) =>
      this.#distrust(served, blob.digest, lie),
    );
  }

  /** From one endpoint after the other, each going on where the one before failed; `served` are those that gave something. */
  async *#bytes(
    blob: Descriptor,
    served: Connection[],
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const {reference, elsewhere, signal} = this.#options;
    const connections = this.#truthful(blob.digest);
    if (connections.length === 0) throw this.#nobody();
    const what = `download of ${blob.digest.slice(0, 19)} of ${familiarRepository(reference)}`;
    let at = 0;
    for (const connection of connections) {
      const isLast = connection === connections.at(-1);
      const retry = this.#retry(isLast);
      try {
        const query = {path: reference.path, blob, from: at, what, retry, signal};
        for await (const chunk of blobBytes(connection, query)) {
          if (served.at(-1) !== connection) served.push(connection);
          at += chunk.byteLength;
          yield chunk;
        }
        return;
      } catch (error) {
        const isElsewhere = isForeign(blob) && blob.urls !== undefined && at === 0;
        if (isLast && !isElsewhere) throw this.#final(error, connection);
        this.#pass(connection, error);
      }
    }
    yield* foreignBytes(blob, elsewhere);
  }

  /** The first answer, in order. */
  async #first<Out>(
    connections: readonly Connection[],
    ask: (connection: Connection, retry: RetryPolicy) => Promise<Out>,
  ): Promise<Out> {
    for (const connection of connections) {
      const isLast = connection === connections.at(-1);
      try {
        return await ask(connection, this.#retry(isLast));
      } catch (error) {
        if (isLast) throw this.#final(error, connection);
        this.#pass(connection, error);
      }
    }
    throw this.#nobody();
  }

  #nobody(): NoEndpointError {
    return new NoEndpointError(this.#what, this.#told(), this.#options.forbiddenBy);
  }

  /** Throws what is no endpoint's fault. */
  #pass({place}: Connection, error: unknown): void {
    this.#options.signal?.throwIfAborted();
    if (!(error instanceof TsbuildError) || error instanceof NotAnImageError) throw error;
    if (this.#skipped.has(place)) return;
    const skipped = {place, reason: error.message};
    this.#skipped.set(place, skipped.reason);
    this.#options.onSkipped?.(skipped);
  }

  /** The last endpoint's failure, as who pulls understands it. */
  #final(error: unknown, {place, endpoint}: Connection): unknown {
    const {reference, forbiddenBy, signal} = this.#options;
    signal?.throwIfAborted();
    if (!(error instanceof TsbuildError) || error instanceof NotAnImageError) return error;
    if (endpoint.role === 'registry') return asPullError(error, reference);
    const tried = [...this.#told(), {place, reason: error.message}];
    return new NoEndpointError(this.#what, tried, forbiddenBy);
  }

  get #what(): string {
    return `pull of ${familiarReference(this.#options.reference)}`;
  }

  #told(): Skipped[] {
    return [...this.#skipped].map(([place, reason]) => ({place, reason}));
  }

  #truthful(digest: Digest): readonly Connection[] {
    const liars = this.#liars.get(digest);
    return this.#able('pull').filter((connection) => !liars?.has(connection));
  }

  #able(capability: Capability): readonly Connection[] {
    return this.#options.connections.filter(({endpoint}) => can(endpoint.serving, capability));
  }

  /** Of several that gave a part the last one may still be right, alone. */
  #distrust(served: readonly Connection[], digest: Digest, error: unknown): void {
    const liars = this.#liars.get(digest) ?? new Set();
    this.#liars.set(digest, liars);
    for (const connection of served.length > 1 ? served.slice(0, -1) : served) {
      liars.add(connection);
      this.#pass(connection, error);
    }
  }

  #retry(isLast: boolean): RetryPolicy {
    return isLast ? this.#options.retry : ONCE;
  }
}

const isLie = (error: unknown): boolean =>
  error instanceof DigestMismatchError || error instanceof SizeMismatchError;
