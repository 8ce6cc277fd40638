/**
 * Images → one tar that is an OCI image layout and a `docker save` archive at once.
 *
 * Content goes in as its manifest names it, so no digest changes. The order is fixed (what describes the archive, then configs
 * and manifests, then layers), owners and times are 0: equal images give equal archives. Each blob is there once.
 * Takes   manifests, not indexes; a source of their content.
 * Yields  the tar, a piece at a time; memory does not grow with the layers.
 * Source  OCI image-spec v1.1.1, image-layout.md; moby image spec v1.2 § Combined Image JSON + Filesystem Changeset Format.
 */
import {END_OF_ARCHIVE} from '../../archive/tar-writer.js';
import type {Fetcher} from '../../content/fetcher.js';
import {readAll} from '../../content/read-all.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {type Digest, hexOf} from '../../oci/digest.js';
import {serializeImageIndex} from '../../oci/image-index.js';
import {blobPath, INDEX_FILE, LAYOUT_CONTENT, LAYOUT_FILE} from '../../oci/image-layout.js';
import {MANIFEST_LIMIT, type Manifest, parseManifest} from '../../oci/manifest.js';
import {MediaType} from '../../oci/media-type.js';
import {familiarReference, familiarRepository, type Reference} from '../../oci/reference.js';
import {type ImageToSave, layoutEntries} from './layout-entries.js';
import {archivedBlob, archivedDocument, archivedHeader} from './layout-files.js';

export async function* saveImages(
  images: readonly ImageToSave[],
  content: Pick<Fetcher, 'fetch'>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const read = await Promise.all(images.map((image) => readImage(image, content)));
  yield* archivedDocument(LAYOUT_FILE, Buffer.from(LAYOUT_CONTENT));
  const manifests = images.flatMap(layoutEntries);
  const index = {schemaVersion: 2, mediaType: MediaType.index, manifests} as const;
  yield* archivedDocument(INDEX_FILE, serializeImageIndex(index));
  yield* archivedDocument('manifest.json', json(read.map(dockerManifest)));
  yield* archivedDocument('repositories', json(repositories(read)));
  yield archivedHeader('blobs/', 'directory', 0);
  yield archivedHeader('blobs/sha256/', 'directory', 0);
  const small = read.flatMap(({image, manifest}) => [image.manifest, manifest.config]);
  const layers = read.flatMap(({manifest}) => manifest.layers);
  for (const blob of once([...small, ...layers])) {
    yield* archivedBlob(blob, content.fetch(blob));
  }
  yield Buffer.alloc(END_OF_ARCHIVE);
}

interface ReadImage {
  readonly image: ImageToSave;
  readonly manifest: Manifest;
}

async function readImage(image: ImageToSave, content: Pick<Fetcher, 'fetch'>): Promise<ReadImage> {
  return {image, manifest: parseManifest(await readAll(content, image.manifest, MANIFEST_LIMIT))};
}

const dockerManifest = ({image, manifest}: ReadImage) => ({
  Config: blobPath(manifest.config.digest),
  RepoTags: image.names.flatMap((name) => (name.tag === undefined ? [] : [tagged(name)])),
  Layers: manifest.layers.map(({digest}) => blobPath(digest)),
});

/** A digest has no place in RepoTags. */
function tagged({digest: _digest, ...name}: Reference): string {
  return familiarReference(name);
}

/** Of docker before 1.10: repository → tag → topmost layer. */
function repositories(images: readonly ReadImage[]): Record<string, Record<string, string>> {
  const found = new Map<string, Record<string, string>>();
  for (const {image, manifest} of images) {
    const top = manifest.layers.at(-1)?.digest;
    for (const name of image.names) {
      if (name.tag === undefined || top === undefined) continue;
      const repository = familiarRepository(name);
      found.set(repository, {...found.get(repository), [name.tag]: hexOf(top)});
    }
  }
  return Object.fromEntries(found);
}

function* once(blobs: readonly Descriptor[]): Generator<Descriptor> {
  const seen = new Set<Digest>();
  for (const blob of blobs) {
    if (seen.has(blob.digest)) continue;
    seen.add(blob.digest);
    yield blob;
  }
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
