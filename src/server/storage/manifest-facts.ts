/**
 * What the registry must know of a manifest that it stores byte for byte: what it needs, what it mentions, what it is about.
 *
 * Types it does not know are stored as well; of those, any descriptor in the usual members counts as mentioned.
 *
 * Source  OCI distribution-spec v1.1.1 § Pushing Manifests; OCI image-spec v1.1.1 manifest.md, image-index.md.
 */
import type {Descriptor} from '../../oci/descriptor.js';
import {type Digest, isDigest} from '../../oci/digest.js';
import {InvalidDocumentError} from '../../oci/errors.js';
import {parseImageIndex} from '../../oci/image-index.js';
import {type Fields, parseJSON} from '../../oci/json-fields.js';
import {MANIFEST_LIMIT, parseManifest} from '../../oci/manifest.js';
import {isIndex, isManifest, MediaType} from '../../oci/media-type.js';
import {readDescriptor} from '../../oci/parse-descriptor.js';

export interface ManifestFacts {
  readonly mediaType: string;
  /** Blobs that must be in the repository before the manifest is. */
  readonly blobs: readonly Descriptor[];
  /** Manifests of an index. */
  readonly manifests: readonly Descriptor[];
  /** Whatever it points to downwards, needed or not: none of it is garbage. */
  readonly mentions: readonly Digest[];
  /** What it points up to; may be missing. */
  readonly subject?: Digest;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** `contentType` as the client sent it. Throws InvalidDocumentError. */
export function manifestFacts(data: Uint8Array, contentType: string | undefined): ManifestFacts {
  const fields = parseJSON(data, 'manifest', MANIFEST_LIMIT);
  const mediaType = mediaTypeOf(fields, contentType);
  const facts = {mediaType, ...described(fields)};
  if (isIndex(mediaType)) {
    const {manifests} = parseImageIndex(data);
    return {...facts, blobs: [], manifests, mentions: digestsOf(manifests)};
  }
  if (!isManifest(mediaType)) {
    return {...facts, blobs: [], manifests: [], mentions: mentionsIn(fields)};
  }
  const {config, layers} = parseManifest(data);
  const blobs = [config, ...layers.filter((layer) => !isElsewhere(layer))];
  const artifactType = facts.artifactType || config.mediaType;
  return {...facts, artifactType, blobs, manifests: [], mentions: digestsOf([config, ...layers])};
}

function mediaTypeOf(fields: Fields, contentType: string | undefined): string {
  const written = fields.optionalString('mediaType') || undefined;
  const sent = contentType?.replace(/;.*/s, '').trim().toLowerCase() || undefined;
  if (written !== undefined && sent !== undefined && written !== sent) {
    const problem = `want the Content-Type ${sent.slice(0, 200)}, got ${written.slice(0, 200)}`;
    throw new InvalidDocumentError('manifest.mediaType', problem);
  }
  const mediaType = sent ?? written ?? guessed(fields);
  if (/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(mediaType)) return mediaType;
  throw new InvalidDocumentError('manifest.mediaType', 'want type/subtype');
}

function guessed(fields: Fields): string {
  if (fields.has('manifests')) return MediaType.index;
  if (fields.has('config')) return MediaType.manifest;
  throw new InvalidDocumentError('manifest', 'want a Content-Type or a mediaType, got neither');
}

function described(
  fields: Fields,
): Pick<ManifestFacts, 'subject' | 'artifactType' | 'annotations'> {
  const subject = fields.optionalObject('subject');
  const artifactType = fields.optionalString('artifactType') || undefined;
  const annotations = fields.stringMap('annotations');
  return {
    ...(subject === undefined ? {} : {subject: readDescriptor(subject).digest}),
    ...(artifactType === undefined ? {} : {artifactType}),
    ...(annotations === undefined ? {} : {annotations}),
  };
}

/** Layers that are fetched from `urls`, which registries need not hold. */
const isElsewhere = ({mediaType, urls = []}: Descriptor): boolean =>
  urls.length > 0 || mediaType.includes('nondistributable') || mediaType.includes('foreign');

function mentionsIn(fields: Fields): readonly Digest[] {
  const config = fields.has('config') ? [fields.object('config')] : [];
  const lists = ['layers', 'blobs', 'manifests'].flatMap((name) => fields.objects(name));
  return [...config, ...lists]
    .map((each) => each.optionalString('digest') ?? '')
    .filter((text) => isDigest(text));
}

const digestsOf = (descriptors: readonly Descriptor[]): readonly Digest[] =>
  descriptors.map(({digest}) => digest);
