/**
 * Cache mounts ⇄ one tar that is an OCI image layout: each is an artifact, a manifest whose config says whose directory it is and
 * whose one layer is the tar of its files. So every byte has a digest that the index leads to, here as in a registry.
 *
 * Source  OCI image-spec v1.1.1, image-layout.md and manifest.md § Guidelines for Artifact Usage.
 */
import {createHash} from 'node:crypto';
import {lstatSync} from 'node:fs';
import {END_OF_ARCHIVE} from '../../archive/tar-writer.js';
import {verified} from '../../content/verify.js';
import type {EntryWalk} from '../../layer/entry-walk.js';
import {MergedWalk} from '../../layer/root/merged-walk.js';
import {streamTar} from '../../layer/stream.js';
import {type Descriptor, describe} from '../../oci/descriptor.js';
import {digestOf, finish} from '../../oci/digest.js';
import {parseImageIndex, serializeImageIndex} from '../../oci/image-index.js';
import {blobPath, INDEX_FILE, LAYOUT_CONTENT, LAYOUT_FILE} from '../../oci/image-layout.js';
import {parseJSON} from '../../oci/json-fields.js';
import {MANIFEST_LIMIT, parseManifest, serializeManifest} from '../../oci/manifest.js';
import {MediaType} from '../../oci/media-type.js';
import type {ArchivedFile, ArchiveFiles} from '../archive/archive-files.js';
import {fileOf} from '../archive/archived-image.js';
import {archivedBlob, archivedDocument} from '../archive/layout-files.js';
import {BadArchiveError} from '../errors.js';

const CACHE_MOUNT = 'application/vnd.tsbuild.cache-mount.v1';
const CONFIG = 'application/vnd.tsbuild.cache-mount.config.v1+json';
const CONFIG_LIMIT = 64 * 1024;

export interface MountToPack {
  readonly id: string;
  /** See CacheMountRequest. */
  readonly variant: string;
  /** Its directory, which nobody changes meanwhile. */
  readonly path: string;
  /** The files that go along; the same each time it is called. */
  readonly walk: (all: EntryWalk) => EntryWalk;
}

export interface ArchivedMount {
  readonly id: string;
  readonly variant: string;
  /** Of the directory itself. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** The tar of its files. */
  readonly files: ArchivedFile;
}

/** Reads every file twice: a blob's name in the archive is its digest. */
export async function* packMounts(
  mounts: readonly MountToPack[],
): AsyncGenerator<Uint8Array, void, undefined> {
  const packed = [];
  for (const mount of mounts) packed.push(await pack(mount));
  const manifests = packed.map(({manifest}) => ({
    ...describe(MediaType.manifest, manifest),
    artifactType: CACHE_MOUNT,
  }));
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

const filesOf = ({path, walk}: MountToPack): EntryWalk => walk(new MergedWalk([path]));

async function pack(mount: MountToPack) {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of streamTar(filesOf(mount))) {
    hash.update(chunk);
    size += chunk.length;
  }
  const layer: Descriptor = {mediaType: MediaType.layer, digest: finish(hash), size};
  const {mode, uid, gid} = lstatSync(mount.path);
  const {id, variant} = mount;
  const config = Buffer.from(JSON.stringify({id, variant, mode: mode & 0o7777, uid, gid}));
  const manifest = serializeManifest({
    schemaVersion: 2,
    mediaType: MediaType.manifest,
    artifactType: CACHE_MOUNT,
    config: describe(CONFIG, config),
    layers: [layer],
  });
  return {mount, layer, config, manifest};
}

/** Throws BadArchiveError, InvalidDocumentError; of all that is returned the bytes are those that the index leads to. */
export function archivedMounts(files: ArchiveFiles): readonly ArchivedMount[] {
  const index = parseImageIndex(files.document(INDEX_FILE, MANIFEST_LIMIT));
  return index.manifests.map((entry) => {
    const manifest = parseManifest(documentOf(files, entry, MANIFEST_LIMIT));
    const {config, artifactType = config.mediaType} = manifest;
    const [layer, ...others] = manifest.layers;
    if (artifactType !== CACHE_MOUNT || config.mediaType !== CONFIG) {
      throw new BadArchiveError(`want cache mounts, got ${JSON.stringify(artifactType)}`);
    }
    if (layer?.mediaType !== MediaType.layer || others.length > 0) {
      throw new BadArchiveError('want one layer of a cache mount, uncompressed');
    }
    const fields = parseJSON(documentOf(files, config, CONFIG_LIMIT), 'cache mount', CONFIG_LIMIT);
    return {
      id: fields.string('id'),
      variant: fields.string('variant'),
      mode: fields.size('mode') & 0o7777,
      uid: fields.size('uid'),
      gid: fields.size('gid'),
      files: fileOf(files, layer, blobPath(layer.digest)),
    };
  });
}

function documentOf(files: ArchiveFiles, target: Descriptor, limit: number): Buffer {
  const path = blobPath(target.digest);
  fileOf(files, target, path);
  return files.document(path, limit);
}
