/**
 * An image manifest: a config and its layers, base first.
 *
 * Source  OCI image-spec v1.1.1, manifest.md; moby image manifest v2 schema 2, which reads the same.
 */
import type {Descriptor} from './descriptor.js';
import {InvalidDocumentError} from './errors.js';
import {type Fields, parseJSON} from './json-fields.js';
import {isManifest, MediaType} from './media-type.js';
import {readDescriptor} from './parse-descriptor.js';

/** Bytes; OCI distribution-spec v1.1.1 § Pushing Manifests asks registries for no more. */
export const MANIFEST_LIMIT = 4 * 1024 * 1024;

export interface Manifest {
  readonly schemaVersion: 2;
  readonly mediaType: string;
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Throws InvalidDocumentError, also for a document that claims to be an index as well (CVE-2021-41190). */
export function parseManifest(data: Uint8Array): Manifest {
  const fields = parseJSON(data, 'manifest', MANIFEST_LIMIT);
  refuseOthers(fields);
  const mediaType = fields.optionalString('mediaType') || MediaType.manifest;
  if (!isManifest(mediaType)) {
    throw new InvalidDocumentError('manifest.mediaType', `want a manifest's, got ${mediaType}`);
  }
  const artifactType = fields.optionalString('artifactType');
  const subject = fields.optionalObject('subject');
  const annotations = fields.stringMap('annotations');
  return {
    schemaVersion: 2,
    mediaType,
    ...(artifactType === undefined ? {} : {artifactType}),
    config: readDescriptor(fields.object('config')),
    layers: fields.objects('layers').map(readDescriptor),
    ...(subject === undefined ? {} : {subject: readDescriptor(subject)}),
    ...(annotations === undefined ? {} : {annotations}),
  };
}

function refuseOthers(fields: Fields): void {
  if (fields.has('fsLayers')) {
    throw new InvalidDocumentError(
      'manifest',
      'want schema 2, got docker schema 1, long withdrawn',
    );
  }
  const version = fields.optionalInteger('schemaVersion');
  if (version !== 2) {
    throw new InvalidDocumentError('manifest.schemaVersion', `want 2, got ${version ?? 'nothing'}`);
  }
  if (fields.has('manifests')) {
    throw new InvalidDocumentError('manifest', 'want a manifest, got members of an index too');
  }
}

/** The bytes that are stored and hashed: members in the spec's order, no spaces. */
export function serializeManifest(manifest: Manifest): Buffer {
  const {schemaVersion, mediaType, artifactType, config, layers, subject, annotations} = manifest;
  return Buffer.from(
    JSON.stringify({schemaVersion, mediaType, artifactType, config, layers, subject, annotations}),
  );
}
