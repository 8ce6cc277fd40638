/**
 * An image index: manifests for several platforms, possibly through further indexes.
 *
 * Source  OCI image-spec v1.1.1, image-index.md; moby manifest list, which reads the same.
 */
import type {Descriptor} from './descriptor.js';
import {InvalidDocumentError, NoMatchingPlatformError} from './errors.js';
import {parseJSON} from './json-fields.js';
import {MANIFEST_LIMIT} from './manifest.js';
import {isIndex, MediaType} from './media-type.js';
import {readDescriptor} from './parse-descriptor.js';
import {formatPlatform, type Platform, platformRank} from './platform.js';

export interface ImageIndex {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Throws InvalidDocumentError, also for a document that claims to be a manifest as well (CVE-2021-41190). */
export function parseImageIndex(data: Uint8Array, limit = MANIFEST_LIMIT): ImageIndex {
  const fields = parseJSON(data, 'index', limit);
  const version = fields.optionalInteger('schemaVersion');
  if (version !== 2) {
    throw new InvalidDocumentError('index.schemaVersion', `want 2, got ${version ?? 'nothing'}`);
  }
  if (fields.has('layers') || fields.has('config')) {
    throw new InvalidDocumentError('index', 'want an index, got members of a manifest too');
  }
  const mediaType = fields.optionalString('mediaType') || MediaType.index;
  if (!isIndex(mediaType)) {
    throw new InvalidDocumentError('index.mediaType', `want an index's, got ${mediaType}`);
  }
  const artifactType = fields.optionalString('artifactType');
  const subject = fields.optionalObject('subject');
  const annotations = fields.stringMap('annotations');
  return {
    schemaVersion: 2,
    mediaType,
    ...(artifactType === undefined ? {} : {artifactType}),
    manifests: fields.objects('manifests').map(readDescriptor),
    ...(subject === undefined ? {} : {subject: readDescriptor(subject)}),
    ...(annotations === undefined ? {} : {annotations}),
  };
}

/**
 * The entries that may hold an image for the platform, best first: matches by rank, then entries that state no platform
 * (nested indexes among them). Attestations and other unknown/unknown entries are never among them.
 * Throws NoMatchingPlatformError, listing what there is, rather than return nothing.
 */
export function manifestsFor(index: ImageIndex, platform: Platform): readonly Descriptor[] {
  const images = index.manifests.filter(isImage);
  const ranked = images.flatMap((descriptor) => {
    const rank =
      descriptor.platform === undefined
        ? Number.POSITIVE_INFINITY
        : platformRank(platform, descriptor.platform);
    return rank === undefined ? [] : [{descriptor, rank}];
  });
  if (ranked.length === 0) {
    throw new NoMatchingPlatformError(formatPlatform(platform), platformsOf(index));
  }
  return ranked.sort(byRank).map(({descriptor}) => descriptor);
}

/** The platforms an index offers, each once, as people write them. */
export const platformsOf = (index: ImageIndex): readonly string[] => [
  ...new Set(
    index.manifests
      .filter(isImage)
      .flatMap(({platform}) => (platform === undefined ? [] : [formatPlatform(platform)])),
  ),
];

const byRank = (left: {rank: number}, right: {rank: number}): number =>
  left.rank === right.rank ? 0 : left.rank - right.rank;

/** BuildKit stores attestations as manifests for unknown/unknown (moby/buildkit docs/attestations/attestation-storage.md). */
const isImage = ({platform, annotations}: Descriptor): boolean =>
  platform?.os !== 'unknown' && annotations?.['vnd.docker.reference.type'] === undefined;

export function serializeImageIndex(index: ImageIndex): Buffer {
  const {schemaVersion, mediaType, artifactType, manifests, subject, annotations} = index;
  return Buffer.from(
    JSON.stringify({schemaVersion, mediaType, artifactType, manifests, subject, annotations}),
  );
}
