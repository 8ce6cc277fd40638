/** Cache mounts ⇄ one tar that is an OCI image layout: every byte has a digest that the index leads to, here as in a registry. */
import {createHash} from 'node:crypto';
import {END_OF_ARCHIVE} from '../../archive/tar-writer.js';
import {verified} from '../../content/verify.js';
import {streamTar} from '../../layer/stream.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {digestOf, finish} from '../../oci/digest.js';
import {parseImageIndex, serializeImageIndex} from '../../oci/image-index.js';
import {blobPath, INDEX_FILE, LAYOUT_CONTENT, LAYOUT_FILE} from '../../oci/image-layout.js';
import {MANIFEST_LIMIT} from '../../oci/manifest.js';
import {MediaType} from '../../oci/media-type.js';
import type {ArchivedFile, ArchiveFiles} from '../archive/archive-files.js';
import {fileOf} from '../archive/archived-image.js';
import {archivedBlob, archivedDocument} from '../archive/layout-files.js';
import {
  filesOf,
  MOUNT_CONFIG_LIMIT,
  type MountFacts,
  type MountToPack,
  mountArtifact,
  readMountConfig,
  readMountManifest,
} from './cache-mount-artifact.js';

export interface ArchivedMount extends MountFacts {
  /** The tar of its files. */
  readonly files: ArchivedFile;
}

/** Reads every file twice: a blob's name in the archive is its digest. */
export async function* packMounts(
  mounts: readonly MountToPack[],
): AsyncGenerator<Uint8Array, void, undefined> {
  const packed = [];
  for (const mount of mounts) packed.push(await pack(mount));
  const manifests = packed.map(({descriptor}) => descriptor);
  yield* archivedDocument(LAYOUT_FILE, Buffer.from(LAYOUT_CONTENT));
  const index = {schemaVersion: 2, mediaType: MediaType.index, manifests} as const;
  yield* archivedDocument(INDEX_FILE, serializeImageIndex(index));
  const written = new Set<string>();
  for (const {mount, manifest, config, layer} of packed) {
    for (const data of [manifest, config]) {
      yield* archivedDocument(blobPath(digestOf(data)), data);
    }
    if (written.has(layer.digest)) continue;
    written.add(layer.digest);
    yield* archivedBlob(layer, verified(streamTar(filesOf(mount)), layer));
  }
  yield Buffer.alloc(END_OF_ARCHIVE);
}

async function pack(mount: MountToPack) {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of streamTar(filesOf(mount))) {
    hash.update(chunk);
    size += chunk.length;
  }
  const layer: Descriptor = {mediaType: MediaType.layer, digest: finish(hash), size};
  return {mount, layer, ...mountArtifact(mount, layer)};
}

/** Throws BadArchiveError, NotCacheMountsError, InvalidDocumentError; of all that is returned the bytes are those that the index leads to. */
export function archivedMounts(files: ArchiveFiles): readonly ArchivedMount[] {
  const index = parseImageIndex(files.document(INDEX_FILE, MANIFEST_LIMIT));
  return index.manifests.map((entry) => {
    const {config, layer} = readMountManifest(documentOf(files, entry, MANIFEST_LIMIT));
    const facts = readMountConfig(documentOf(files, config, MOUNT_CONFIG_LIMIT));
    return {...facts, files: fileOf(files, layer, blobPath(layer.digest))};
  });
}

function documentOf(files: ArchiveFiles, target: Descriptor, limit: number): Buffer {
  const path = blobPath(target.digest);
  fileOf(files, target, path);
  return files.document(path, limit);
}
