/** `image save`: images → one tar that docker and OCI tools read. */
import {createWriteStream, rmSync} from 'node:fs';
import {Readable, type Writable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {ImageContent} from '../export/image-content.js';
import {saveImages as archive, type ImageToSave} from '../export/save.js';
import {hostPlatform, parsePlatform} from '../oci/platform.js';
import type {Store} from '../store/store.js';
import {NoSuchPlatformError} from './errors.js';
import {openWorkspace} from './workspace.js';

export interface SaveRequest {
  readonly references: readonly string[];
  /** A file's path, or a stream that stays open. */
  readonly output: string | Writable;
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
  const tar = Readable.from(archive(images, new ImageContent(store, snapshots)));
  const options = signal === undefined ? {} : {signal};
  if (typeof output !== 'string') {
    await pipeline(tar, output, {...options, end: false});
    return;
  }
  try {
    await pipeline(tar, createWriteStream(output), options);
  } catch (error) {
    rmSync(output, {force: true});
    throw error;
  }
}

function imageToSave(text: string, {images}: Store, platform: string | undefined): ImageToSave {
  const image = images.find(text);
  const wanted = platform === undefined ? hostPlatform() : parsePlatform(platform);
  const manifest = images.manifestOf(image.target, wanted);
  if (manifest === undefined) throw new NoSuchPlatformError(text, platform ?? '');
  return {manifest, names: image.names};
}
