/** `registry inspect`: what a name points to in its registry, nothing of it fetched but documents. */
import {readAll} from '../../content/read-all.js';
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import {InvalidDocumentError} from '../../oci/errors.js';
import {parseImageIndex} from '../../oci/image-index.js';
import {MANIFEST_LIMIT, parseManifest} from '../../oci/manifest.js';
import {isImageConfig, isIndex} from '../../oci/media-type.js';
import {formatPlatform} from '../../oci/platform.js';
import {familiarReference, parseReference} from '../../oci/reference.js';
import type {PullSource} from '../../registry/client/pull-source.js';
import {referrersOf} from '../../registry/client/referrers.js';
import {openRegistries, type RegistryAccess, type RegistryObserver} from './open-registries.js';
import {documentsOf} from './remote-tree.js';

export interface RemoteManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  /** `linux/arm64/v8`; undefined for what is no image. */
  readonly platform: string | undefined;
  readonly artifactType: string | undefined;
  /** Bytes of config and layers together. */
  readonly size: number;
  readonly layers: readonly Pick<Descriptor, 'digest' | 'mediaType' | 'size'>[];
  /** The config document of an image, as it is. */
  readonly config: unknown;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RemoteInspection {
  readonly reference: string;
  /** The registry that answered. */
  readonly place: string;
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes of the document itself. */
  readonly size: number;
  readonly annotations: Readonly<Record<string, string>>;
  /** One, or those of the index in its order. */
  readonly manifests: readonly RemoteManifest[];
  readonly referrers: readonly Descriptor[];
}

export interface RemoteRequest extends RegistryAccess {
  readonly reference: string;
}

/** Throws what the registry's answers amount to. */
export async function inspectRemote(
  request: RemoteRequest,
  observer: RegistryObserver = {},
): Promise<RemoteInspection> {
  const reference = parseReference(request.reference);
  using registries = openRegistries(request, observer);
  const source = await registries.pullingFromRegistry(reference);
  const {target, place} = await source.resolve();
  const manifests: RemoteManifest[] = [];
  let annotations = {};
  for await (const document of documentsOf(source, target)) {
    if (!isIndex(document.target.mediaType)) {
      manifests.push(await described(source, document));
    } else if (document.target === target) {
      annotations = parseImageIndex(document.data).annotations ?? {};
    }
  }
  const referrers = await referrersOf(await registries.registry(reference), {
    path: reference.path,
    subject: target.digest,
    what: `referrers of ${familiarReference(reference)}`,
    signal: observer.signal,
  });
  const {digest, mediaType, size} = target;
  const named = familiarReference(reference);
  return {reference: named, place, digest, mediaType, size, annotations, manifests, referrers};
}

/** The manifest or index itself, byte for byte. */
export async function rawManifest(
  request: RemoteRequest,
  observer: RegistryObserver = {},
): Promise<Buffer> {
  const reference = parseReference(request.reference);
  using registries = openRegistries(request, observer);
  const source = await registries.pullingFromRegistry(reference);
  const {target} = await source.resolve();
  return await readAll(source, target, MANIFEST_LIMIT);
}

async function described(
  source: PullSource,
  {target, data}: {target: Descriptor; data: Buffer},
): Promise<RemoteManifest> {
  const {config, layers, artifactType, annotations = {}} = parseManifest(data);
  const image = isImageConfig(config.mediaType)
    ? configIn(await readAll(source, config, MANIFEST_LIMIT))
    : undefined;
  return {
    digest: target.digest,
    mediaType: target.mediaType,
    platform: platformIn(target, image),
    artifactType: artifactType ?? (image === undefined ? config.mediaType : undefined),
    size: layers.reduce((sum, layer) => sum + layer.size, config.size),
    layers: layers.map(({digest, mediaType, size}) => ({digest, mediaType, size})),
    config: image,
    annotations,
  };
}

interface ConfigPlatform {
  readonly os?: unknown;
  readonly architecture?: unknown;
  readonly variant?: unknown;
}

function configIn(data: Buffer): ConfigPlatform {
  let value: unknown;
  try {
    value = JSON.parse(data.toString());
  } catch (cause) {
    throw new InvalidDocumentError('config', 'want JSON, got something else', cause);
  }
  if (typeof value === 'object' && value !== null) return value;
  throw new InvalidDocumentError('config', 'want an object, got something else');
}

/** The index's word, else the config's. */
function platformIn({platform}: Descriptor, config: ConfigPlatform | undefined) {
  if (platform !== undefined) return formatPlatform(platform);
  const parts = [config?.os, config?.architecture, config?.variant];
  const known = parts.filter((part) => typeof part === 'string' && part !== '');
  return known.length === 0 ? undefined : known.join('/');
}
