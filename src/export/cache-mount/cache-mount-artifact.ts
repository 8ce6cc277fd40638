/**
 * A cache mount as content: an artifact, a manifest whose config says whose directory it is and whose one layer is the tar of its
 * files, plain in an archive and packed in a registry.
 *
 * Source  OCI image-spec v1.1.1, manifest.md § Guidelines for Artifact Usage.
 */
import {lstatSync} from 'node:fs';
import type {EntryWalk} from '../../layer/entry-walk.js';
import {MergedWalk} from '../../layer/root/merged-walk.js';
import {type Descriptor, describe} from '../../oci/descriptor.js';
import {parseJSON} from '../../oci/json-fields.js';
import {parseManifest, serializeManifest} from '../../oci/manifest.js';
import {compressionOf, MediaType} from '../../oci/media-type.js';
import {NotCacheMountsError} from '../errors.js';

const CACHE_MOUNT = 'application/vnd.tsbuild.cache-mount.v1';
const CONFIG = 'application/vnd.tsbuild.cache-mount.config.v1+json';
/** Bytes. */
export const MOUNT_CONFIG_LIMIT = 64 * 1024;

export interface MountToPack {
  readonly id: string;
  /** See CacheMountRequest. */
  readonly variant: string;
  /** Its directory, which nobody changes meanwhile. */
  readonly path: string;
  /** The files that go along; the same each time it is called. */
  readonly walk: (all: EntryWalk) => EntryWalk;
}

export const filesOf = ({path, walk}: MountToPack): EntryWalk => walk(new MergedWalk([path]));

export interface MountArtifact {
  readonly config: Buffer;
  readonly configDescriptor: Descriptor;
  readonly manifest: Buffer;
  readonly descriptor: Descriptor;
}

/** `layer` is the tar of its files. */
export function mountArtifact({id, variant, path}: MountToPack, layer: Descriptor): MountArtifact {
  const {mode, uid, gid} = lstatSync(path);
  const config = Buffer.from(JSON.stringify({id, variant, mode: mode & 0o7777, uid, gid}));
  const configDescriptor = describe(CONFIG, config);
  const manifest = serializeManifest({
    schemaVersion: 2,
    mediaType: MediaType.manifest,
    artifactType: CACHE_MOUNT,
    config: configDescriptor,
    layers: [layer],
  });
  const descriptor = {...describe(MediaType.manifest, manifest), artifactType: CACHE_MOUNT};
  return {config, configDescriptor, manifest, descriptor};
}

/** What a manifest leads to. Throws NotCacheMountsError for one that is no cache mount's, InvalidDocumentError. */
export function readMountManifest(data: Uint8Array): {config: Descriptor; layer: Descriptor} {
  const manifest = parseManifest(data);
  const {config, artifactType = config.mediaType} = manifest;
  const [layer, ...others] = manifest.layers;
  if (artifactType !== CACHE_MOUNT || config.mediaType !== CONFIG) {
    throw new NotCacheMountsError(artifactType);
  }
  if (layer === undefined || others.length > 0 || compressionOf(layer.mediaType) === undefined) {
    throw new NotCacheMountsError(manifest.layers.map(({mediaType}) => mediaType).join(', '));
  }
  return {config, layer};
}

export interface MountFacts {
  readonly id: string;
  readonly variant: string;
  /** Of the directory itself. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Throws InvalidDocumentError. */
export function readMountConfig(data: Uint8Array): MountFacts {
  const fields = parseJSON(data, 'cache mount', MOUNT_CONFIG_LIMIT);
  return {
    id: fields.string('id'),
    variant: fields.string('variant'),
    mode: fields.size('mode') & 0o7777,
    uid: fields.size('uid'),
    gid: fields.size('gid'),
  };
}
