/**
 * Blobs that go to a repository while they are made, before anybody knows their digests: each in one PATCH of unknown length.
 *
 * Who knows the digest then takes the upload over, to finish it; what nobody took over is cancelled. An upload that fails is given
 * up without a word, for the blob can be sent as any other.
 * Source  OCI distribution-spec v1.1.1 § Pushing a blob in chunks.
 */
import type {GrowingFile} from '../../content/growing-file.js';
import {ONCE} from '../../http/retry.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {AT_ONCE, SMALL} from './blob-upload.js';
import type {Connection, RegistryRequest} from './connection.js';
import {pushScope} from './scopes.js';
import {uploadLocation} from './upload-location.js';

export interface AheadUploadOptions {
  readonly connection: Connection;
  /** Repository's path. */
  readonly path: string;
  /** Hears of blobs that are made and not all sent: bytes so far. */
  readonly onProgress?: ((blob: Descriptor, done: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export class AheadUploads implements AsyncDisposable {
  readonly #options: AheadUploadOptions;
  readonly #uploads = new Map<GrowingFile, AheadUpload>();

  constructor(options: AheadUploadOptions) {
    this.#options = options;
  }

  /** Sends it as it grows. A small one takes one request when it is known, and so none before. */
  async follow(file: GrowingFile): Promise<void> {
    if ((await file.exceeds(SMALL)) && this.#uploads.size < AT_ONCE) {
      this.#uploads.set(file, new AheadUpload(file, this.#options));
    }
  }

  /** Where the whole blob waits to be finished, from now on by the caller; undefined where it is to be sent. */
  async take({digest}: Descriptor): Promise<URL | undefined> {
    for (const [file, upload] of this.#uploads) {
      if (file.blob?.digest !== digest) continue;
      const location = await upload.whole;
      if (location !== undefined) this.#uploads.delete(file);
      return location;
    }
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#uploads.values()].map((upload) => upload.cancel()));
  }
}

class AheadUpload {
  /** Where all of it is; undefined where it was given up. */
  readonly whole: Promise<URL | undefined>;
  readonly #options: AheadUploadOptions;
  readonly #file: GrowingFile;
  readonly #stopped = new AbortController();
  #location: URL | undefined;

  constructor(file: GrowingFile, options: AheadUploadOptions) {
    this.#file = file;
    this.#options = options;
    this.whole = this.#send().catch(() => undefined);
  }

  async #send(): Promise<URL> {
    // While it is sure to be where it is written.
    using reader = this.#file.open();
    const {connection, path, signal} = this.#options;
    const stop = AbortSignal.any([this.#stopped.signal, ...(signal === undefined ? [] : [signal])]);
    const target = `${path}/blobs/uploads/`;
    const begun = await this.#ask({method: 'POST', target, accept: [202], signal: stop});
    this.#location = await uploadLocation(connection, begun);
    const sent = await this.#ask({
      method: 'PATCH',
      target: this.#location,
      headers: {'content-type': 'application/octet-stream'},
      body: this.#told(reader.read()),
      accept: [202],
      signal: stop,
    });
    this.#location = await uploadLocation(connection, sent);
    return this.#location;
  }

  async *#told(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    let done = 0;
    for await (const piece of pieces) {
      yield piece;
      done += piece.length;
      const {blob} = this.#file;
      if (blob !== undefined) this.#options.onProgress?.(blob, done);
    }
  }

  async cancel(): Promise<void> {
    this.#stopped.abort();
    await this.whole;
    if (this.#location === undefined) return;
    const accept = [200, 202, 204, 404, 405];
    const {signal} = this.#options;
    await this.#ask({method: 'DELETE', target: this.#location, accept, signal}).catch(
      () => undefined,
    );
  }

  #ask(request: Omit<RegistryRequest, 'scopes' | 'what' | 'retry'>) {
    const {connection, path} = this.#options;
    const what = `push to ${connection.endpoint.host}/${path}`;
    return connection.ask({...request, scopes: [pushScope(path)], what, retry: ONCE});
  }
}
