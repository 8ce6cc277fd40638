/** An image out of a registry into the store: its documents, and its layers unless they are left for later. */
import {childrenIn} from '../../content/children.js';
import type {CopyEnds} from '../../content/copy.js';
import {ImageContent} from '../../export/image/image-content.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {manifestsFor} from '../../oci/image-index.js';
import {compressionOf, isManifest, MediaType} from '../../oci/media-type.js';
import type {Platform} from '../../oci/platform.js';
import {type Reference, repositoryOf} from '../../oci/reference.js';
import type {Resolved} from '../../registry/client/pull-source.js';
import type {RegistryClient} from '../../registry/client/registry-client.js';
import {KnownRepositories} from '../../registry/known-repositories.js';
import type {Snapshotter} from '../../snapshot/snapshotter.js';
import type {Store} from '../../store/store.js';
import type {TransferEvent} from './transfer-event.js';

export interface FetchOptions {
  readonly store: Store;
  readonly snapshots: Pick<Snapshotter, 'findLayer'>;
  readonly registries: Pick<RegistryClient, 'pulling'>;
  readonly platform: Platform;
  /** False leaves layers where they are until somebody needs their files. */
  readonly layers: boolean;
  readonly onEvent?: ((event: TransferEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was fetched, now named so in the store. */
export interface FetchedImage extends Resolved {
  /** The one for the platform. */
  readonly manifest: Descriptor;
}

/** Throws what the registry and the store throw; NoMatchingPlatformError. */
export async function fetchImage(
  reference: Reference,
  options: FetchOptions,
): Promise<FetchedImage> {
  const {store, registries, platform, onEvent, signal} = options;
  const source = await registries.pulling(reference);
  const resolved = await source.resolve();
  const {target} = resolved;
  onEvent?.({kind: 'pulling', reference});
  await source.copyTo(destination(options), target, {
    select: (children) => chosen(children, platform),
    onEvent,
    signal,
  });
  const manifest = store.images.manifestOf(target, platform) ?? target;
  await store.references.tag(nameFor(reference), target);
  rememberSource(manifest, reference, store);
  return {...resolved, manifest};
}

/** The digest decides: a tag beside it may have moved on. */
const nameFor = ({domain, path, tag, digest}: Reference): Reference =>
  digest === undefined ? {domain, path, ...(tag && {tag})} : {domain, path, digest};

/** Of an index for several platforms, the child to bring. */
export const chosen = (
  children: readonly Descriptor[],
  platform: Platform,
): readonly Descriptor[] =>
  manifestsFor({schemaVersion: 2, mediaType: MediaType.index, manifests: children}, platform).slice(
    0,
    1,
  );

/** The store, where an image is there only when all of it is; as if it had all layers, when those are left for later. */
export function destination({
  store,
  snapshots,
  layers,
}: Pick<FetchOptions, 'store' | 'snapshots' | 'layers'>): CopyEnds['to'] {
  const {blobs} = store;
  const content = new ImageContent(store, snapshots);
  const isThere = async (target: Descriptor): Promise<boolean> =>
    compressionOf(target.mediaType) === undefined
      ? blobs.has(target)
      : !layers || content.exists(target);
  const exists = async (target: Descriptor): Promise<boolean> => {
    if (!blobs.has(target) || !isManifest(target.mediaType)) return isThere(target);
    const below = childrenIn(target, blobs.read(target));
    return (await Promise.all(below.map(isThere))).every(Boolean);
  };
  return {exists, push: (target, bytes) => blobs.push(target, bytes)};
}

export const knownRepositories = ({paths}: Pick<Store, 'paths'>): KnownRepositories =>
  new KnownRepositories(paths.cache);

/** So that a push beside it can take layers over, and one that is missing is found again. */
export function rememberSource(manifest: Descriptor, reference: Reference, store: Store): void {
  const known = knownRepositories(store);
  const repository = repositoryOf(reference);
  for (const {digest} of store.images.manifest(manifest).layers) known.add(digest, repository);
}
