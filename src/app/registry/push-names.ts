/** One image of the store into a repository, under one or more tags; layers compressed once, sent meanwhile, and kept. */
import {invariant} from '../../base/bug.js';
import {childrenIn} from '../../content/children.js';
import type {GrowingFile} from '../../content/growing-file.js';
import type {Packing} from '../../export/packing/pack-layers.js';
import {pushForm} from '../../export/packing/push-form.js';
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import {isIndex} from '../../oci/media-type.js';
import {formatReference, type Reference} from '../../oci/reference.js';
import type {RegistryClient} from '../../registry/client/registry-client.js';
import type {Snapshotter} from '../../snapshot/snapshotter.js';
import type {Store} from '../../store/store.js';
import {knownRepositories, rememberSource} from './fetch-image.js';
import {RemoteLayers} from './remote-layers.js';
import type {TransferObserver} from './transfer-event.js';

export interface PushedImage {
  /** In full: `10.24.2.30:5000/hello:latest`. */
  readonly reference: string;
  readonly digest: Digest;
  /** Bytes of the manifest. */
  readonly size: number;
}

/** Names of one repository that point to one image. */
export interface PushGroup {
  readonly target: Descriptor;
  /** At least one. */
  readonly names: readonly Reference[];
}

interface Pushing extends TransferObserver {
  readonly store: Store;
  readonly snapshots: Pick<Snapshotter, 'findLayer'>;
  readonly registries: Pick<RegistryClient, 'pulling' | 'pushing' | 'sendingAhead'>;
  readonly packing: Packing;
}

/** In the registry under all its names; in the store the names point to what was sent. */
export async function pushNames(
  {target, names}: PushGroup,
  pushing: Pushing,
): Promise<readonly PushedImage[]> {
  const {store, registries, packing, onEvent, signal} = pushing;
  const [first] = names;
  invariant(first !== undefined, 'a push has a name');
  for (const reference of names) onEvent?.({kind: 'pushing', reference});
  const content = new RemoteLayers(pushing);
  const watch = (layer: Descriptor, kind: 'packing' | 'packed') => onEvent?.({kind, target: layer});
  const onProgress = (blob: Descriptor, done: number) =>
    onEvent?.({kind: 'progress', target: blob, done});
  await using ahead = await registries.sendingAhead(first, {onProgress});
  const onDraft = (file: GrowingFile) => void ahead.follow(file);
  const sent = await pushForm(whole(target, pushing), packing, {store, content, watch, onDraft});
  const known = knownRepositories(store);
  const to = await registries.pushing(first, {
    root: {digest: sent.digest, tags: names.map(({tag}) => tag ?? 'latest')},
    ahead,
    knownIn: (digest) => known.of(digest),
    onBlob: (blob, outcome) => {
      if (outcome.kind === 'mounted')
        onEvent?.({kind: 'mounted', target: blob, from: outcome.from});
    },
  });
  await to.copyFrom(content, sent, {onEvent, signal});
  for (const name of names) await store.references.tag(name, sent);
  const manifest = store.images.manifestOf(sent);
  if (manifest !== undefined) rememberSource(manifest, first, store);
  const {digest, size} = sent;
  return names.map((name) => ({reference: formatReference(name), digest, size}));
}

/** Of an index that was pulled for one platform the others are not here: that one is pushed. */
function whole(target: Descriptor, {store, onEvent}: Pushing): Descriptor {
  const {blobs, images} = store;
  if (!isIndex(target.mediaType)) return target;
  const missing = childrenIn(target, blobs.read(target)).filter((child) => !blobs.has(child));
  const manifest = missing.length === 0 ? undefined : images.manifestOf(target);
  if (manifest === undefined) return target;
  const warning = `only one of the platforms is here: ${missing.length} of its index are not pushed`;
  onEvent?.({kind: 'warning', warning});
  const {mediaType, digest, size} = manifest;
  return {mediaType, digest, size};
}
