/** `image save`: images → one tar that docker and OCI tools read. */
import type {ImageToSave} from '../../export/archive/layout-entries.js';
import {saveImages as archive} from '../../export/archive/save.js';
import {type ArchivePlace, writeArchive} from '../../export/archive/write-archive.js';
import {ImageContent} from '../../export/image/image-content.js';
import {platformOrHost} from '../../oci/platform.js';
import type {Store} from '../../store/store.js';
import {NoSuchPlatformError} from '../errors.js';
import {openWorkspace} from '../workspace.js';

export interface SaveRequest {
  readonly references: readonly string[];
  readonly output: ArchivePlace;
  readonly platform?: string;
  readonly signal?: AbortSignal;
  readonly root?: string;
}

/** A file is there whole, or not at all. */
export async function saveImages(request: SaveRequest): Promise<void> {
  const {references, output, signal} = request;
  await using workspace = await openWorkspace({root: request.root});
  const {store, snapshots} = workspace;
  const images = references.map((text) => imageToSave(text, store, request.platform));
  await writeArchive(archive(images, new ImageContent(store, snapshots)), output, signal);
}

function imageToSave(text: string, {images}: Store, platform: string | undefined): ImageToSave {
  const image = images.find(text);
  const wanted = platformOrHost(platform);
  const manifest = images.manifestOf(image.target, wanted);
  if (manifest === undefined) throw new NoSuchPlatformError(text, platform ?? '');
  const {mediaType, digest, size} = manifest;
  return {manifest: {mediaType, digest, size}, names: image.names};
}
