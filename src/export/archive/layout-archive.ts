/** OCI image layouts in a tar: index.json leads to manifests, through indexes too. Source  OCI image-spec v1.1.1, image-layout.md. */
import type {Descriptor} from '../../oci/descriptor.js';
import {manifestsFor, parseImageIndex} from '../../oci/image-index.js';
import {blobPath, IMAGE_NAME, INDEX_FILE, REF_NAME} from '../../oci/image-layout.js';
import {MANIFEST_LIMIT, parseManifest} from '../../oci/manifest.js';
import {compressionOf, isImageConfig, isIndex} from '../../oci/media-type.js';
import {CONFIG_LIMIT, parseImageConfig} from '../../oci/parse-image-config.js';
import type {Platform} from '../../oci/platform.js';
import {formatReference, parseReference, type Reference} from '../../oci/reference.js';
import {BadArchiveError} from '../errors.js';
import type {ArchiveFiles} from './archive-files.js';
import {type ArchivedDocument, type ArchivedImage, fileOf, pairLayers} from './archived-image.js';
import type {DockerEntry} from './docker-archive.js';

export interface LayoutContext {
  readonly docker: readonly DockerEntry[];
  readonly platform: Platform;
}

const DEEPEST = 4;

export function layoutImages(
  files: ArchiveFiles,
  context: LayoutContext,
): readonly ArchivedImage[] {
  const index = parseImageIndex(files.document(INDEX_FILE, MANIFEST_LIMIT));
  const images = new Map<string, ArchivedImage>();
  for (const entry of index.manifests) {
    const image = images.get(entry.digest) ?? layoutImage(files, entry, context);
    images.set(entry.digest, {...image, names: union(image.names, namesOf(entry))});
  }
  return [...images.values()];
}

function layoutImage(
  files: ArchiveFiles,
  entry: Descriptor,
  context: LayoutContext,
): ArchivedImage {
  const branch = descend(files, entry, context.platform);
  const last = branch.at(-1);
  const manifest = parseManifest(last?.data ?? Buffer.alloc(0));
  if (!isImageConfig(manifest.config.mediaType)) {
    throw new BadArchiveError(`want an image, got ${manifest.config.mediaType}`);
  }
  const data = documentOf(files, manifest.config, CONFIG_LIMIT);
  const config = parseImageConfig(data);
  const layers = manifest.layers.map((layer) => {
    if (compressionOf(layer.mediaType) === undefined) {
      throw new BadArchiveError(`want a layer, got ${JSON.stringify(layer.mediaType)}`);
    }
    return {file: fileOf(files, layer, blobPath(layer.digest)), named: true};
  });
  const id = manifest.config.digest;
  return {
    names: context.docker.filter((each) => each.id === id).flatMap(({names}) => names),
    documents: [{mediaType: manifest.config.mediaType, data}, ...branch.toReversed()],
    id,
    config,
    layers: pairLayers(layers, config),
  };
}

/** From an entry down to the manifest for the platform, all documents on the way. */
function descend(
  files: ArchiveFiles,
  entry: Descriptor,
  platform: Platform,
  depth = 1,
): readonly ArchivedDocument[] {
  if (depth > DEEPEST) throw new BadArchiveError(`want at most ${DEEPEST} indexes in each other`);
  const data = documentOf(files, entry, MANIFEST_LIMIT);
  const document = {mediaType: entry.mediaType, data};
  if (!isIndex(entry.mediaType)) return [document];
  const candidates = manifestsFor(parseImageIndex(data), platform);
  const child = candidates.find(({digest}) => files.find(blobPath(digest)) !== undefined);
  if (child === undefined) throw new BadArchiveError(`want a manifest of index ${entry.digest}`);
  return [document, ...descend(files, child, platform, depth + 1)];
}

function documentOf(files: ArchiveFiles, target: Descriptor, limit: number): Buffer {
  const path = blobPath(target.digest);
  fileOf(files, target, path);
  return files.document(path, limit);
}

/** A bare tag, as skopeo writes it, names nothing. */
function namesOf({annotations = {}}: Descriptor): readonly Reference[] {
  const name = annotations[IMAGE_NAME] ?? annotations[REF_NAME];
  return name !== undefined && /[/:]/.test(name) ? [parseReference(name)] : [];
}

const union = (left: readonly Reference[], right: readonly Reference[]): readonly Reference[] => [
  ...new Map([...left, ...right].map((name) => [formatReference(name), name])).values(),
];
