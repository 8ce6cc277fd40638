/**
 * `load`: images out of an archive that `docker save`, an OCI tool or `saveImages` wrote.
 *
 * The archive may be compressed. It is spooled, since its list may come last; then every promise in it is checked: digests and
 * sizes of blobs, diff_ids of layers, their number. Layers are unpacked into snapshots. A layer's bytes are kept as a
 * blob only where its snapshot would not write the same again.
 * Throws  BadArchiveError, DiffIDMismatchError, InvalidDocumentError, what src/archive and src/layer throw. Images before
 *         the failing one stay.
 */
import {removeTree} from '../../base/remove-tree.js';
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import {MediaType} from '../../oci/media-type.js';
import {hostPlatform, type Platform} from '../../oci/platform.js';
import type {Reference} from '../../oci/reference.js';
import type {Snapshot, Snapshotter} from '../../snapshot/snapshotter.js';
import type {Store} from '../../store/store.js';
import {ArchiveFiles} from './archive-files.js';
import {archivedImages} from './archive-images.js';
import type {ArchivedImage} from './archived-image.js';
import {manifestFor} from './docker-archive.js';
import {unpackArchived} from './unpack-archived.js';

export interface LoadOptions {
  readonly store: Store;
  readonly snapshots: Snapshotter;
  /** Which of several; this machine's by default. */
  readonly platform?: Platform;
}

export interface LoadedImage {
  readonly id: Digest;
  /** What the names point to now. */
  readonly target: Descriptor;
  /** None: `Loaded image ID: …`. */
  readonly names: readonly Reference[];
}

export async function loadImages(
  source: AsyncIterable<Uint8Array>,
  options: LoadOptions,
): Promise<readonly LoadedImage[]> {
  const folder = options.store.ingest.draft();
  try {
    const files = await ArchiveFiles.read(source, folder);
    const loaded: LoadedImage[] = [];
    for (const image of archivedImages(files, options.platform ?? hostPlatform())) {
      loaded.push(await loadImage(image, options));
    }
    return loaded;
  } finally {
    removeTree(folder);
  }
}

async function loadImage(image: ArchivedImage, options: LoadOptions): Promise<LoadedImage> {
  const {store} = options;
  const stack: Snapshot[] = [];
  for (const layer of image.layers) {
    stack.push(await unpackArchived(layer, stack.at(-1), options));
  }
  const stored = await store.blobs.writeAll(image.documents);
  const last = stored.length > 1 ? stored.at(-1) : undefined;
  const target = last ?? store.blobs.write(MediaType.manifest, manifestFor(image, stack));
  await store.references.put(target, image.names);
  return {id: image.id, target, names: image.names};
}
