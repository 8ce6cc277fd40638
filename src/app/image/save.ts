/** `image save`: images → one tar that docker and OCI tools read. */
import type {ImageToSave} from '../../export/archive/layout-entries.js';
import {saveImages as archive} from '../../export/archive/save.js';
import {type ArchivePlace, writeArchive} from '../../export/archive/write-archive.js';
import {ImageContent} from '../../export/image/image-content.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {platformOrHost} from '../../oci/platform.js';
import {familiarReference} from '../../oci/reference.js';
import type {StoredImage} from '../../store/images.js';
import type {Store} from '../../store/store.js';
import {NoSuchPlatformError} from '../errors.js';
import {openWorkspace} from '../workspace.js';
import {imagesTyped} from './typed-names.js';

export interface SaveRequest {
  readonly references: readonly string[];
  readonly output: ArchivePlace;
  readonly platform?: string;
  readonly signal?: AbortSignal;
  readonly root?: string;
}

/** With the names that were asked for alone. A file is there whole, or not at all. */
export async function saveImages(request: SaveRequest): Promise<void> {
  const {references, output, signal} = request;
  await using workspace = await openWorkspace({root: request.root});
  const {store, snapshots} = workspace;
  const images = imagesTyped(references, store.images).map(
    ({image, names}): ImageToSave => ({
      manifest: manifestFor(image, store, request.platform),
      names,
    }),
  );
  await writeArchive(archive(images, new ImageContent(store, snapshots)), output, signal);
}

function manifestFor(
  {id, target, names}: StoredImage,
  {images}: Store,
  platform: string | undefined,
): Descriptor {
  const manifest = images.manifestOf(target, platformOrHost(platform));
  if (manifest === undefined) {
    throw new NoSuchPlatformError(names.map(familiarReference)[0] ?? id, platform ?? '');
  }
  const {mediaType, digest, size} = manifest;
  return {mediaType, digest, size};
}
