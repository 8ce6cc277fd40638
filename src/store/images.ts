/**
 * The images in the store, by name and by id.
 *
 * An image's id is the digest of its config, as docker has it; its digest is that of what its reference points to. Where that is
 * an index, the image is the one for this machine, or else the first of its images that is here.
 */
import {TsbuildError} from '../base/error.js';
import {ContentNotFoundError} from '../content/errors.js';
import type {Descriptor} from '../oci/descriptor.js';
import type {Digest} from '../oci/digest.js';
import type {ImageConfig} from '../oci/image-config.js';
import {type ImageIndex, parseImageIndex} from '../oci/image-index.js';
import {type Manifest, parseManifest} from '../oci/manifest.js';
import {isIndex, isManifest} from '../oci/media-type.js';
import {parseImageConfig} from '../oci/parse-image-config.js';
import {hostPlatform, type Platform, platformRank} from '../oci/platform.js';
import {formatReference, type Reference, referenceIn, repositoryOf} from '../oci/reference.js';
import type {BlobFolder} from './blob-folder.js';
import {AmbiguousImageError, ImageNotFoundError} from './errors.js';
import type {References} from './references.js';

export interface StoredImage {
  /** Digest of the config. */
  readonly id: Digest;
  /** What the names point to: an index, or `manifest` itself. */
  readonly target: Descriptor;
  readonly manifest: Descriptor;
  /** None for a dangling image. */
  readonly names: readonly Reference[];
}

const DEEPEST = 4;

export class Images {
  readonly #references: References;
  readonly #blobs: BlobFolder;
  /** Manifests never change under their digest. */
  readonly #manifests = new Map<Digest, Manifest>();
  /** By name, why it was left out of the last list. */
  readonly #damaged = new Map<string, TsbuildError>();

  constructor(references: References, blobs: BlobFolder) {
    this.#references = references;
    this.#blobs = blobs;
  }

  /** Each image once, in the order of index.json. What is no image, not here, or damaged is left out. */
  list(platform: Platform = hostPlatform()): readonly StoredImage[] {
    const found = new Map<Digest, {target: Descriptor; names: Reference[]}>();
    for (const {target, reference} of this.#references.list()) {
      const names = found.get(target.digest)?.names ?? [];
      if (reference !== undefined) names.push(reference);
      found.set(target.digest, {target, names});
    }
    return [...found.values()].flatMap(({target, names}) => {
      try {
        const manifest = this.manifestOf(target, platform);
        if (manifest === undefined) return [];
        return [{id: this.manifest(manifest).config.digest, target, manifest, names}];
      } catch (error) {
        if (!(error instanceof TsbuildError)) throw error;
        for (const name of names) this.#damaged.set(formatReference(name), error);
        return [];
      }
    });
  }

  /**
   * What a person means by `text`: a name, a name with digest, `sha256:…`, or the first digits of an id or digest. A name
   * comes before digits that read the same. Throws ImageNotFoundError, AmbiguousImageError.
   */
  find(text: string): StoredImage {
    const images = this.list();
    const found = byName(images, text) ?? byDigits(images, text);
    if (found === undefined) throw this.#damageOf(text) ?? new ImageNotFoundError(text);
    return found;
  }

  #damageOf(text: string): TsbuildError | undefined {
    const reference = referenceIn(text);
    return reference && this.#damaged.get(formatReference(reference));
  }

  /** The manifest for the platform that is here, at or below `target`; undefined when there is none. */
  manifestOf(
    target: Descriptor,
    platform: Platform = hostPlatform(),
    depth = 1,
  ): Descriptor | undefined {
    if (!this.#blobs.has(target)) return undefined;
    if (isManifest(target.mediaType)) return target;
    if (!isIndex(target.mediaType) || depth > DEEPEST) return undefined;
    for (const child of ordered(parseImageIndex(this.#blobs.read(target)), platform)) {
      const manifest = this.manifestOf(child, platform, depth + 1);
      if (manifest !== undefined) return manifest;
    }
    return undefined;
  }

  /** Throws ContentNotFoundError, InvalidDocumentError. */
  manifest(descriptor: Descriptor): Manifest {
    const known = this.#manifests.get(descriptor.digest);
    if (known !== undefined) return known;
    const manifest = parseManifest(this.#blobs.read(descriptor));
    this.#manifests.set(descriptor.digest, manifest);
    return manifest;
  }

  /** Throws ContentNotFoundError, InvalidDocumentError. */
  config(image: Pick<StoredImage, 'manifest'>): ImageConfig {
    return parseImageConfig(this.#blobs.read(this.manifest(image.manifest).config));
  }

  /** A manifest's descriptor from its digest alone. */
  descriptor(mediaType: string, digest: Digest): Descriptor {
    const size = this.#blobs.sizeOf(digest);
    if (size === undefined) throw new ContentNotFoundError(digest, 'the store');
    return {mediaType, digest, size};
  }
}

/** Best for the platform first, those for other machines last: an image pulled for one is here all the same. */
function ordered(index: ImageIndex, platform: Platform): readonly Descriptor[] {
  const rank = (have: Platform | undefined): number =>
    have === undefined ? 1000 : (platformRank(platform, have) ?? 2000);
  return index.manifests
    .filter((entry) => entry.platform?.os !== 'unknown')
    .map((entry) => ({entry, rank: rank(entry.platform)}))
    .sort((left, right) => left.rank - right.rank)
    .map(({entry}) => entry);
}

function byName(images: readonly StoredImage[], text: string): StoredImage | undefined {
  const reference = referenceIn(text);
  if (reference === undefined) return undefined;
  const {digest} = reference;
  if (digest === undefined) {
    const name = formatReference(reference);
    return images.find((image) => image.names.some((each) => formatReference(each) === name));
  }
  const repository = repositoryOf(reference);
  return images.find(
    (image) =>
      (image.target.digest === digest || image.manifest.digest === digest) &&
      image.names.some((each) => repositoryOf(each) === repository),
  );
}

function byDigits(images: readonly StoredImage[], text: string): StoredImage | undefined {
  const digits = text.replace(/^sha256:/, '');
  if (!/^[0-9a-f]{1,64}$/.test(digits)) return undefined;
  const starts = `sha256:${digits}`;
  const found = images.filter((image) =>
    [image.id, image.target.digest, image.manifest.digest].some((each) => each.startsWith(starts)),
  );
  const ids = [...new Set(found.map(({id}) => id))];
  if (ids.length > 1) throw new AmbiguousImageError(text, ids);
  return found[0];
}
