/**
 * `type=oci,tar=false`: the image in an OCI image layout directory, beside what is there.
 *
 * A name that another image in the layout had becomes this one's; what is stored already is not written again.
 * Source  OCI image-spec v1.1.1, image-layout.md.
 */
import {existsSync, mkdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {writeFileAtomic} from '../../base/atomic-file.js';
import {copy} from '../../content/copy.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {parseImageIndex, serializeImageIndex} from '../../oci/image-index.js';
import {
  BLOBS_FOLDER,
  blobPath,
  IMAGE_NAME,
  INDEX_FILE,
  LAYOUT_CONTENT,
  LAYOUT_FILE,
} from '../../oci/image-layout.js';
import {MediaType} from '../../oci/media-type.js';
import {checkDirectory} from '../check-directory.js';
import type {BuildResult, ExportedImage, Exporter} from '../exporter.js';
import {formImage, type ImageForm} from '../image-form.js';
import {layoutEntries} from '../layout-entries.js';
import {writeArchive} from '../write-archive.js';

export class LayoutExporter implements Exporter {
  readonly #form: ImageForm;
  readonly #directory: string;

  constructor(form: ImageForm, directory: string) {
    this.#form = form;
    this.#directory = directory;
  }

  check(): void {
    checkDirectory(this.#directory);
  }

  async export(result: BuildResult): Promise<ExportedImage> {
    const {names, signal} = result;
    const {image, descriptor, content} = await formImage(result, this.#form);
    const {configDescriptor, manifestDescriptor: manifest} = image;
    mkdirSync(join(this.#directory, BLOBS_FOLDER), {recursive: true});
    await copy({from: content, to: this.#blobs(signal)}, manifest, {signal});
    this.#index(layoutEntries({manifest: descriptor, names}));
    writeFileAtomic(join(this.#directory, LAYOUT_FILE), LAYOUT_CONTENT);
    return {configDescriptor, descriptor, names};
  }

  #blobs(signal: AbortSignal) {
    const pathOf = ({digest}: Descriptor): string => join(this.#directory, blobPath(digest));
    return {
      exists: async (target: Descriptor) =>
        statSync(pathOf(target), {throwIfNoEntry: false})?.size === target.size,
      push: (target: Descriptor, bytes: AsyncIterable<Uint8Array>) =>
        writeArchive(bytes, pathOf(target), signal),
    };
  }

  #index(added: readonly Descriptor[]): void {
    const path = join(this.#directory, INDEX_FILE);
    const taken = new Set(added.map(entryKey));
    const before = existsSync(path) ? parseImageIndex(readFileSync(path)).manifests : [];
    const manifests = [...before.filter((entry) => !taken.has(entryKey(entry))), ...added];
    const index = {schemaVersion: 2, mediaType: MediaType.index, manifests} as const;
    writeFileAtomic(path, serializeImageIndex(index));
  }
}

/** Entries with the same one are one. */
const entryKey = ({digest, annotations}: Descriptor): string => annotations?.[IMAGE_NAME] ?? digest;
