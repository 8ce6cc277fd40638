/**
 * One blob on its way to a repository, through as many attempts as it takes.
 *
 * Finished where it was sent ahead, mounted from another repository where possible. Small ones are put in one request; larger ones
 * are streamed in one PATCH, which after a cut goes on where the registry says it ends, and finished by PUT.
 * Source  OCI distribution-spec v1.1.1 § Pushing blobs.
 */
import {Guarded} from '../../base/guarded.js';
import {readAll} from '../../content/read-all.js';
import type {HttpResponse} from '../../http/http-client.js';
import {isTransient, type RetryPolicy} from '../../http/retry.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {UploadLostError, UploadOutOfStepError} from '../errors.js';
import type {Connection, RegistryRequest} from './connection.js';
import {pullScope, pushScope} from './scopes.js';
import {uploadLocation} from './upload-location.js';
import {withoutFirst} from './without-first.js';

export interface BlobUploadOptions {
  readonly connection: Connection;
  /** Repository's path. */
  readonly path: string;
  readonly blob: Descriptor;
  /** A repository of the same registry to take it over from. */
  readonly mount?: string | undefined;
  /** Where all of it was sent already. */
  readonly ahead?: (() => Promise<URL | undefined>) | undefined;
  readonly what: string;
  readonly retry: RetryPolicy;
  readonly signal?: AbortSignal | undefined;
}

/** The blob is in the repository. */
export type UploadOutcome =
  | {readonly kind: 'pushed'}
  | {readonly kind: 'mounted'; readonly from: string};

type Answer = Pick<HttpResponse, 'status' | 'headers'>;

/** Docker's: uploads side by side. */
export const AT_ONCE = 5;
/** Bytes sent in one request, from memory. */
export const SMALL = 1 << 20;
/** What registries answer that will not mount: the blob is sent then. */
const NO_MOUNT = [400, 401, 403, 404, 405];

export class BlobUpload {
  readonly #options: BlobUploadOptions;
  #location: URL | undefined;
  /** Bytes that the registry has. */
  #offset = 0;
  #failures = 0;
  /** What ended an attempt that another one may go on from; other requests were repeated already. */
  #cut: unknown;

  constructor(options: BlobUploadOptions) {
    this.#options = options;
  }

  /** `content` is the whole blob, each time. After a failure `goesOn` tells whether to call this again. */
  async send(content: AsyncIterable<Uint8Array>): Promise<UploadOutcome> {
    const there = (await this.#finishAhead()) ?? (await this.#start());
    if (there !== undefined) {
      await content[Symbol.asyncIterator]().return?.();
      return there;
    }
    const {blob} = this.#options;
    if (blob.size <= SMALL) {
      await this.#finish(await readAll({fetch: () => content}, blob, SMALL));
    } else {
      await this.#stream(content);
      await this.#finish(undefined);
    }
    return {kind: 'pushed'};
  }

  /** Waits as long as it takes before the next attempt. False when there is to be none. */
  async goesOn(error: unknown): Promise<boolean> {
    const {connection, retry: policy, signal} = this.#options;
    this.#failures++;
    if (error !== this.#cut || !isTransient(error) || this.#failures >= policy.attempts)
      return false;
    await connection.pause(this.#failures, error, {policy, signal});
    return true;
  }

  /** Undefined where the blob is still to be sent. */
  async #finishAhead(): Promise<UploadOutcome | undefined> {
    if (this.#failures > 0) return undefined;
    this.#location = await this.#options.ahead?.();
    if (this.#location === undefined) return undefined;
    try {
      await this.#finish(undefined);
      return {kind: 'pushed'};
    } catch {
      this.#options.signal?.throwIfAborted();
      this.#location = undefined;
      return undefined;
    }
  }

  /** An upload to go on with, unless the blob is there without one. */
  async #start(): Promise<UploadOutcome | undefined> {
    if (this.#location !== undefined) return this.#resync();
    return (await this.#mount()) ?? this.#begin();
  }

  async #mount(): Promise<UploadOutcome | undefined> {
    const {path, mount: from, blob} = this.#options;
    if (from === undefined) return undefined;
    const answer = await this.#ask(
      {
        method: 'POST',
        target: `${path}/blobs/uploads/?${new URLSearchParams({mount: blob.digest, from})}`,
        accept: [201, 202, ...NO_MOUNT],
      },
      [pullScope(from)],
    );
    if (answer.status === 201) return {kind: 'mounted', from};
    if (answer.status === 202) await this.#moveTo(answer);
    return undefined;
  }

  async #begin(): Promise<undefined> {
    if (this.#location !== undefined) return;
    const target = `${this.#options.path}/blobs/uploads/`;
    await this.#moveTo(await this.#ask({method: 'POST', target, accept: [202]}));
  }

  /** Asks how far it came. One that the registry knows no more is over: finished, where its answer was lost, or gone. */
  async #resync(): Promise<UploadOutcome | undefined> {
    const target = this.#location as URL;
    const answer = await this.#ask({target, accept: [204, 404]});
    if (answer.status === 404) {
      this.#location = undefined;
      this.#offset = 0;
      return (await this.#isThere()) ? {kind: 'pushed'} : this.#begin();
    }
    // `0-0` is what an empty upload says, and one of a single byte.
    const end = Number(/^(?:bytes=)?0-(\d+)$/.exec(answer.headers.get('range') ?? '')?.[1] ?? 0);
    const offset = end === 0 ? 0 : end + 1;
    if (offset > this.#offset) this.#failures = 0;
    this.#offset = offset;
    if (answer.headers.get('location') !== null) await this.#moveTo(answer);
    return undefined;
  }

  async #isThere(): Promise<boolean> {
    const {path, blob} = this.#options;
    const target = `${path}/blobs/${blob.digest}`;
    return (await this.#ask({method: 'HEAD', target, accept: [200, 404]})).status === 200;
  }

  async #stream(content: AsyncIterable<Uint8Array>): Promise<void> {
    const {blob, connection} = this.#options;
    const left = blob.size - this.#offset;
    if (left <= 0) {
      await content[Symbol.asyncIterator]().return?.();
      return;
    }
    const headers: Record<string, string> = {
      'content-type': 'application/octet-stream',
      'content-length': String(left),
    };
    if (this.#offset > 0) headers['content-range'] = `${this.#offset}-${blob.size - 1}`;
    const source = new Guarded(content);
    const answer = await this.#ask({
      method: 'PATCH',
      target: this.#location as URL,
      headers,
      body: withoutFirst(this.#offset, source.chunks),
      accept: [202, 404, 416],
    }).catch((error: unknown) => {
      throw this.#cutBy(source.failure === undefined ? error : source.failure.error);
    });
    const {place} = connection;
    if (answer.status === 416) throw this.#cutBy(new UploadOutOfStepError(place, this.#offset));
    if (answer.status === 404) throw this.#cutBy(new UploadLostError(place));
    await this.#moveTo(answer);
  }

  /** The digest is added to whatever query the registry's address has. */
  async #finish(data: Buffer | undefined): Promise<void> {
    const target = new URL(this.#location as URL);
    target.searchParams.set('digest', this.#options.blob.digest);
    const {status} = await this.#ask({
      method: 'PUT',
      target,
      headers: {
        'content-type': 'application/octet-stream',
        'content-length': String(data?.byteLength ?? 0),
      },
      ...(data === undefined ? {} : {body: data}),
      accept: [201, 204, 404],
    });
    // Finished by an attempt whose answer was lost?
    if (status === 404 && !(await this.#isThere())) {
      throw this.#cutBy(new UploadLostError(this.#options.connection.place));
    }
  }

  #cutBy(error: unknown): unknown {
    this.#cut = error;
    return error;
  }

  #ask(
    request: Omit<RegistryRequest, 'scopes' | 'what' | 'retry' | 'signal'>,
    scopes: readonly string[] = [],
  ): Promise<Answer> {
    const {connection, path, what, retry, signal} = this.#options;
    return connection.ask({
      ...request,
      scopes: [pushScope(path), ...scopes],
      what,
      retry,
      signal,
    });
  }

  async #moveTo(answer: Answer): Promise<void> {
    this.#location = await uploadLocation(this.#options.connection, answer);
  }
}
