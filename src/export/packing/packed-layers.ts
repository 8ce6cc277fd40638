/**
 * Layers as they are sent: compressed once, kept as blobs, found again by their diffID.
 *
 * packed/<hex>.<compression>-<level>.json   the descriptor of the compressed blob; a hint, good as long as the blob is there. The level
 *                                           is `usual` where none was asked for
 */
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {compress, fileCompressor, type PackingForm} from '../../archive/compress.js';
import {namesIn} from '../../base/names-in.js';
import type {Fetcher} from '../../content/fetcher.js';
import type {GrowingFile} from '../../content/growing-file.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {type Digest, hexOf} from '../../oci/digest.js';
import {parseJSON} from '../../oci/json-fields.js';
import {imageTypes} from '../../oci/media-type.js';
import {readDescriptor} from '../../oci/parse-descriptor.js';
import type {Store} from '../../store/store.js';

/** Told of each layer that has to be compressed, named as it is uncompressed. */
export type WatchPacking = (layer: Descriptor, state: 'packing' | 'packed') => void;

/** Who is interested in layers that have to be compressed. */
export interface PackingUse {
  readonly watch?: WatchPacking | undefined;
  /** Given the compressed layer while it is written. */
  readonly onDraft?: ((file: GrowingFile) => void) | undefined;
}

/** Where plain layers are. */
export type TarSource = Pick<Fetcher, 'fetch' | 'open'>;

/** Bytes; a descriptor is a line. */
const LIMIT = 10_000;

export class PackedLayers {
  readonly #folder: string;
  readonly #blobs: Pick<Store['blobs'], 'has' | 'writeBehind' | 'writeStream'>;
  readonly #watch: WatchPacking | undefined;
  readonly #onDraft: PackingUse['onDraft'];
  readonly #underWay = new Map<string, Promise<Descriptor>>();

  constructor({paths, blobs}: Pick<Store, 'paths' | 'blobs'>, {watch, onDraft}: PackingUse = {}) {
    this.#watch = watch;
    this.#onDraft = onDraft;
    this.#folder = join(paths.cache, 'packed');
    this.#blobs = blobs;
  }

  /** The layer compressed, as a blob of the store. `layer` names its plain tar, which `content` gives. */
  async pack(layer: Descriptor, form: PackingForm, content: TarSource): Promise<Descriptor> {
    const path = this.#path(layer.digest, form);
    const known = this.#read(path) ?? this.#underWay.get(path);
    if (known !== undefined) return known;
    const packing = this.#pack(layer, form, content).finally(() => this.#underWay.delete(path));
    this.#underWay.set(path, packing);
    return packing;
  }

  /** Undefined when it was never packed so, or the blob is gone. */
  find(diffID: Digest, form: PackingForm): Descriptor | undefined {
    return this.#read(this.#path(diffID, form));
  }

  /** Forgets the layers whose blobs are gone. */
  sweep(): void {
    for (const name of namesIn(this.#folder)) {
      const path = join(this.#folder, name);
      if (this.#read(path) === undefined) rmSync(path, {force: true});
    }
  }

  async #pack(layer: Descriptor, form: PackingForm, content: TarSource): Promise<Descriptor> {
    this.#watch?.(layer, 'packing');
    const packed = await this.#compressed(layer, form, content);
    mkdirSync(this.#folder, {recursive: true});
    writeFileSync(this.#path(layer.digest, form), JSON.stringify(packed));
    this.#watch?.(layer, 'packed');
    return packed;
  }

  async #compressed(layer: Descriptor, form: PackingForm, content: TarSource): Promise<Descriptor> {
    const mediaType = imageTypes.oci.layer[form.compression];
    const compressor = fileCompressor(form);
    using tar = compressor && (await content.open?.(layer));
    if (compressor === undefined || tar === undefined) {
      const bytes = compress(content.fetch(layer), form);
      return await this.#blobs.writeStream(mediaType, bytes, this.#onDraft);
    }
    const write = (draft: number) => compressor.compress(tar, draft);
    return await this.#blobs.writeBehind(mediaType, write, this.#onDraft);
  }

  #read(path: string): Descriptor | undefined {
    try {
      const packed = readDescriptor(parseJSON(readFileSync(path), 'packed layer', LIMIT));
      return this.#blobs.has(packed) ? packed : undefined;
    } catch {
      // Not there, or torn: a hint that says nothing.
      return undefined;
    }
  }

  #path(diffID: Digest, {compression, level}: PackingForm): string {
    return join(this.#folder, `${hexOf(diffID)}.${compression}-${level ?? 'usual'}.json`);
  }
}
