/**
 * An OCI image layout that is somebody else's, as a directory to read.
 *
 * Source  OCI image-spec v1.1.1, image-layout.md.
 */
import {createReadStream, existsSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {ContentNotFoundError} from '../content/errors.js';
import type {Fetcher} from '../content/fetcher.js';
import {verified, verifyBytes} from '../content/verify.js';
import type {Descriptor} from '../oci/descriptor.js';
import type {Digest} from '../oci/digest.js';
import {parseImageIndex} from '../oci/image-index.js';
import {blobPath, INDEX_FILE} from '../oci/image-layout.js';
import {isIndex} from '../oci/media-type.js';

/** Indexes in each other. */
const DEEPEST = 4;

export class LayoutFolder implements Fetcher {
  readonly directory: string;

  constructor(directory: string) {
    this.directory = directory;
  }

  /** What index.json lists; undefined where there is none. Throws InvalidDocumentError. */
  entries(): readonly Descriptor[] | undefined {
    const path = join(this.directory, INDEX_FILE);
    return existsSync(path) ? parseImageIndex(readFileSync(path)).manifests : undefined;
  }

  /** The index or manifest of the digest: of index.json, or of an index below it. */
  byDigest(digest: Digest): Descriptor | undefined {
    let level = this.entries() ?? [];
    for (let depth = 1; depth <= DEEPEST && level.length > 0; depth++) {
      const found = level.find((entry) => entry.digest === digest);
      if (found !== undefined) return found;
      level = level.flatMap((entry) => this.#below(entry));
    }
    return undefined;
  }

  async exists({digest, size}: Descriptor): Promise<boolean> {
    return statSync(this.#path(digest), {throwIfNoEntry: false})?.size === size;
  }

  async *fetch(target: Descriptor): AsyncGenerator<Uint8Array, void, undefined> {
    if (!(await this.exists(target))) {
      throw new ContentNotFoundError(target.digest, `the layout ${this.directory}`);
    }
    const file = createReadStream(this.#path(target.digest), {highWaterMark: 1024 * 1024});
    yield* verified(file, target);
  }

  #below(index: Descriptor): readonly Descriptor[] {
    const path = this.#path(index.digest);
    if (!isIndex(index.mediaType) || !existsSync(path)) return [];
    return parseImageIndex(verifyBytes(readFileSync(path), index)).manifests;
  }

  #path(digest: Digest): string {
    return join(this.directory, blobPath(digest));
  }
}
