/**
 * An OCI image layout directory of somebody else's: content goes in beside what is there, and comes out verified.
 *
 * Source  OCI image-spec v1.1.1, image-layout.md.
 */
import {createReadStream, existsSync, mkdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {writeFileAtomic} from '../base/atomic-file.js';
import {ContentNotFoundError} from '../content/errors.js';
import type {Fetcher} from '../content/fetcher.js';
import type {Pusher} from '../content/pusher.js';
import {verified} from '../content/verify.js';
import type {Descriptor} from '../oci/descriptor.js';
import {parseImageIndex, serializeImageIndex} from '../oci/image-index.js';
import {
  BLOBS_FOLDER,
  blobPath,
  IMAGE_NAME,
  INDEX_FILE,
  LAYOUT_CONTENT,
  LAYOUT_FILE,
  REF_NAME,
} from '../oci/image-layout.js';
import {MediaType} from '../oci/media-type.js';
import {writeArchive} from './write-archive.js';

export class LayoutDirectory implements Fetcher, Pusher {
  readonly #directory: string;
  readonly #signal: AbortSignal | undefined;

  constructor(directory: string, signal?: AbortSignal) {
    this.#directory = directory;
    this.#signal = signal;
  }

  async exists(target: Descriptor): Promise<boolean> {
    return this.#sizeOf(target) === target.size;
  }

  async *fetch(target: Descriptor): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#sizeOf(target) === undefined) {
      throw new ContentNotFoundError(target.digest, this.#directory);
    }
    yield* verified(createReadStream(this.#pathOf(target), {highWaterMark: 1024 * 1024}), target);
  }

  async push(target: Descriptor, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    mkdirSync(join(this.#directory, BLOBS_FOLDER), {recursive: true});
    await writeArchive(verified(bytes, target), this.#pathOf(target), this.#signal);
  }

  /** What the index has; empty where there is none. Throws InvalidDocumentError. */
  entries(): readonly Descriptor[] {
    const path = join(this.#directory, INDEX_FILE);
    return existsSync(path) ? parseImageIndex(readFileSync(path)).manifests : [];
  }

  /** Puts entries into the index, in the place of those of the same name. */
  add(added: readonly Descriptor[]): void {
    const taken = new Set(added.map(entryKey));
    const manifests = [...this.entries().filter((entry) => !taken.has(entryKey(entry))), ...added];
    const index = {schemaVersion: 2, mediaType: MediaType.index, manifests} as const;
    writeFileAtomic(join(this.#directory, INDEX_FILE), serializeImageIndex(index));
    writeFileAtomic(join(this.#directory, LAYOUT_FILE), LAYOUT_CONTENT);
  }

  #sizeOf(target: Descriptor): number | undefined {
    return statSync(this.#pathOf(target), {throwIfNoEntry: false})?.size;
  }

  #pathOf({digest}: Descriptor): string {
    return join(this.#directory, blobPath(digest));
  }
}

/** Entries with the same one are one. */
const entryKey = ({digest, annotations}: Descriptor): string =>
  annotations?.[IMAGE_NAME] ?? annotations?.[REF_NAME] ?? digest;
