/** Content in memory: the smallest place there can be. */
import {type Descriptor, describe} from '../oci/descriptor.js';
import type {Digest} from '../oci/digest.js';
import {ContentNotFoundError} from './errors.js';
import type {Fetcher} from './fetcher.js';
import type {Pusher} from './pusher.js';
import {once} from './read-all.js';
import {verified} from './verify.js';

export class MemoryContent implements Fetcher, Pusher {
  readonly #blobs = new Map<Digest, Uint8Array>();

  add(mediaType: string, data: Uint8Array): Descriptor {
    const target = describe(mediaType, data);
    this.#blobs.set(target.digest, data);
    return target;
  }

  async exists({digest}: Descriptor): Promise<boolean> {
    return this.#blobs.has(digest);
  }

  async *fetch(target: Descriptor): AsyncGenerator<Uint8Array, void, undefined> {
    const data = this.#blobs.get(target.digest);
    if (data === undefined) throw new ContentNotFoundError(target.digest, 'memory');
    yield* verified(once(data), target);
  }

  async push(target: Descriptor, content: AsyncIterable<Uint8Array>): Promise<void> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of verified(content, target)) chunks.push(chunk);
    this.#blobs.set(target.digest, Buffer.concat(chunks));
  }
}
