/** Content whose digest only its end tells, in files of an ingest until somebody has sent it. */
import {createHash} from 'node:crypto';
import {createReadStream, createWriteStream, rmSync} from 'node:fs';
import {pipeline} from 'node:stream/promises';
import type {Descriptor} from '../oci/descriptor.js';
import {type Digest, finish} from '../oci/digest.js';
import {ContentNotFoundError} from './errors.js';
import type {Fetcher} from './fetcher.js';
import type {Ingest} from './ingest.js';
import {verified} from './verify.js';

export class SpooledContent implements Fetcher, Disposable {
  readonly #ingest: Pick<Ingest, 'draft'>;
  readonly #paths = new Map<Digest, string>();

  constructor(ingest: Pick<Ingest, 'draft'>) {
    this.#ingest = ingest;
  }

  async write(mediaType: string, content: AsyncIterable<Uint8Array>): Promise<Descriptor> {
    const path = this.#ingest.draft();
    const hash = createHash('sha256');
    let size = 0;
    const hashed = async function* () {
      for await (const chunk of content) {
        hash.update(chunk);
        size += chunk.byteLength;
        yield chunk;
      }
    };
    await pipeline(hashed, createWriteStream(path, {flags: 'wx'}));
    const digest = finish(hash);
    if (this.#paths.has(digest)) rmSync(path);
    else this.#paths.set(digest, path);
    return {mediaType, digest, size};
  }

  async exists({digest}: Descriptor): Promise<boolean> {
    return this.#paths.has(digest);
  }

  async *fetch(target: Descriptor): AsyncGenerator<Uint8Array, void, undefined> {
    const path = this.#paths.get(target.digest);
    if (path === undefined) throw new ContentNotFoundError(target.digest, 'what was made ready');
    yield* verified(createReadStream(path, {highWaterMark: 1024 * 1024}), target);
  }

  [Symbol.dispose](): void {
    for (const path of this.#paths.values()) rmSync(path, {force: true});
  }
}
