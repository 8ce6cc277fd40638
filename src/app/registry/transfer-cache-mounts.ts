/** `cache mounts export --to` and `import --from`: through a registry, as an index of artifacts with one for each mount. */
import {mkdirSync} from 'node:fs';
import {compress} from '../../archive/compress.js';
import {TarLimitError} from '../../archive/errors.js';
import {firstOf} from '../../content/first-of.js';
import {MemoryContent} from '../../content/memory.js';
import {readAll} from '../../content/read-all.js';
import {
  filesOf,
  MOUNT_CONFIG_LIMIT,
  type MountToPack,
  mountArtifact,
  readMountConfig,
  readMountManifest,
} from '../../export/cache-mount/cache-mount-artifact.js';
import {NotCacheMountsError} from '../../export/errors.js';
import {streamTar} from '../../layer/stream.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {parseImageIndex, serializeImageIndex} from '../../oci/image-index.js';
import {MANIFEST_LIMIT} from '../../oci/manifest.js';
import {isIndex, MediaType} from '../../oci/media-type.js';
import {formatReference, parseReference, type Reference} from '../../oci/reference.js';
import type {PullSource} from '../../registry/client/pull-source.js';
import {BlobFolder} from '../../store/blob-folder.js';
import {inStore} from '../../store/full-disk.js';
import {
  type ChosenMounts,
  type ImportedMount,
  type MountToPlace,
  placeMounts,
  withMounts,
} from '../cache/exchange-cache-mounts.js';
import {openWorkspace} from '../workspace.js';
import {openRegistries, type Registries, type RegistryAccess} from './open-registries.js';
import type {PushedImage} from './push-names.js';
import type {TransferObserver} from './transfer-event.js';

export interface PushMountsRequest extends ChosenMounts, RegistryAccess {
  readonly reference: string;
  readonly root?: string;
}

/** In the place of what the reference pointed to; as `exportCacheMounts`. */
export async function pushCacheMounts(
  request: PushMountsRequest,
  observer: TransferObserver = {},
): Promise<PushedImage> {
  const reference = parseReference(request.reference);
  using registries = openRegistries(request, {onNotice: observer.onEvent, signal: observer.signal});
  await using workspace = await openWorkspace({root: request.root});
  const {ingest} = workspace.store;
  const folder = ingest.draft();
  mkdirSync(folder);
  const layers = new BlobFolder(folder, ingest);
  const {digest, size} = await withMounts(request, workspace, (mounts) =>
    push(mounts, {reference, registries, layers, observer}),
  );
  return {reference: formatReference(reference), digest, size};
}

interface Pushing {
  readonly reference: Reference;
  readonly registries: Registries;
  /** Until they are sent: a tar's digest is known at its end. */
  readonly layers: BlobFolder;
  readonly observer: TransferObserver;
}

async function push(
  mounts: readonly MountToPack[],
  {reference, registries, layers, observer}: Pushing,
): Promise<Descriptor> {
  const documents = new MemoryContent();
  const manifests: Descriptor[] = [];
  for (const mount of mounts) {
    const tar = compress(streamTar(filesOf(mount)), {compression: 'gzip'});
    const layer = await layers.writeStream(MediaType.layerGzip, tar);
    const {config, configDescriptor, manifest, descriptor} = mountArtifact(mount, layer);
    documents.add(configDescriptor.mediaType, config);
    documents.add(descriptor.mediaType, manifest);
    manifests.push(descriptor);
  }
  const index = {schemaVersion: 2, mediaType: MediaType.index, manifests} as const;
  const target = documents.add(MediaType.index, serializeImageIndex(index));
  const root = {digest: target.digest, tags: [reference.tag ?? 'latest']};
  const to = await registries.pushing(reference, {root});
  observer.onEvent?.({kind: 'pushing', reference});
  await to.copyFrom(firstOf(documents, layers), target, {...observer, layersFirst: true});
  return target;
}

export interface PullMountsRequest extends RegistryAccess {
  readonly reference: string;
  /** Of each mount, unpacked, and of all as they come. */
  readonly mostBytes: number;
  readonly root?: string;
}

/** As `importCacheMounts`. */
export async function pullCacheMounts(
  request: PullMountsRequest,
  {onEvent, signal}: TransferObserver = {},
): Promise<readonly ImportedMount[]> {
  const {mostBytes} = request;
  const reference = parseReference(request.reference);
  using registries = openRegistries(request, {onNotice: onEvent, signal});
  await using workspace = await openWorkspace({root: request.root});
  const source = await registries.pulling(reference);
  const {target} = await source.resolve();
  if (!isIndex(target.mediaType)) throw new NotCacheMountsError(target.mediaType);
  const {manifests} = parseImageIndex(await readAll(source, target, MANIFEST_LIMIT));
  const mounts: MountToPlace[] = [];
  for (const entry of manifests) mounts.push(await remoteMount(entry, source));
  const size = mounts.reduce((sum, mount) => sum + mount.size, 0);
  if (size > mostBytes) throw new TarLimitError('bytes', mostBytes, size);
  return await inStore(workspace.store.root, () => placeMounts(mounts, workspace, mostBytes));
}

async function remoteMount(entry: Descriptor, source: PullSource): Promise<MountToPlace> {
  const {config, layer} = readMountManifest(await readAll(source, entry, MANIFEST_LIMIT));
  const facts = readMountConfig(await readAll(source, config, MOUNT_CONFIG_LIMIT));
  return {...facts, size: layer.size, tar: () => source.fetch(layer)};
}
