/**
 * An OCI image layout directory that content goes into, beside what is there.
 *
 * Source  OCI image-spec v1.1.1, image-layout.md.
 */
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {writeFileAtomic} from '../../base/atomic-file.js';
import type {Pusher} from '../../content/pusher.js';
import {verified} from '../../content/verify.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {serializeImageIndex} from '../../oci/image-index.js';
import {
  BLOBS_FOLDER,
  blobPath,
  IMAGE_NAME,
  INDEX_FILE,
  LAYOUT_CONTENT,
  LAYOUT_FILE,
  REF_NAME,
} from '../../oci/image-layout.js';
import {MediaType} from '../../oci/media-type.js';
import {LayoutFolder} from '../../store/layout-folder.js';
import {writeArchive} from './write-archive.js';

export class LayoutDirectory extends LayoutFolder implements Pusher {
  readonly #signal: AbortSignal | undefined;

  constructor(directory: string, signal?: AbortSignal) {
    super(directory);
    this.#signal = signal;
  }

  async push(target: Descriptor, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    mkdirSync(join(this.directory, BLOBS_FOLDER), {recursive: true});
    const path = join(this.directory, blobPath(target.digest));
    await writeArchive(verified(bytes, target), path, this.#signal);
  }

  /** Puts entries into the index, in the place of those of the same name. */
  add(added: readonly Descriptor[]): void {
    const taken = new Set(added.map(entryKey));
    const before = this.entries() ?? [];
    const manifests = [...before.filter((entry) => !taken.has(entryKey(entry))), ...added];
    const index = {schemaVersion: 2, mediaType: MediaType.index, manifests} as const;
    writeFileAtomic(join(this.directory, INDEX_FILE), serializeImageIndex(index));
    writeFileAtomic(join(this.directory, LAYOUT_FILE), LAYOUT_CONTENT);
  }
}

/** Entries with the same one are one. */
const entryKey = ({digest, annotations}: Descriptor): string =>
  annotations?.[IMAGE_NAME] ?? annotations?.[REF_NAME] ?? digest;
