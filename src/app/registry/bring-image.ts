/** An image and its unpacked layers for `run`: out of the store, else out of its registry. */
import {platformOrHost} from '../../oci/platform.js';
import type {Reference} from '../../oci/reference.js';
import type {Snapshot} from '../../snapshot/snapshotter.js';
import {inStore} from '../../store/full-disk.js';
import type {StoredImage} from '../../store/images.js';
import {imageRoot} from '../image/image-root.js';
import type {Workspace} from '../workspace.js';
import {fetchImage} from './fetch-image.js';
import {findImage, type PullPolicy} from './find-image.js';
import {LazyRegistries} from './lazy-registries.js';
import type {RegistryAccess} from './open-registries.js';
import {RemoteLayers} from './remote-layers.js';
import type {TransferObserver} from './transfer-event.js';

export interface BringRequest extends RegistryAccess {
  readonly image: string;
  /** When its registry is asked for the image; `missing` unless said. */
  readonly pull?: PullPolicy;
  /** `os/architecture[/variant]`; by default this machine's. */
  readonly platform?: string;
}

export interface BroughtImage {
  readonly image: Pick<StoredImage, 'id' | 'manifest'>;
  /** Undefined of an image without layers. */
  readonly root: Snapshot | undefined;
}

/** Throws ImageNotFoundError, LayerElsewhereError, StoreFullError, and what a registry throws. */
export async function bringImage(
  request: BringRequest,
  {store, snapshots}: Pick<Workspace, 'store' | 'snapshots'>,
  {onEvent, signal}: TransferObserver,
): Promise<BroughtImage> {
  const platform = platformOrHost(request.platform);
  await using registries = new LazyRegistries(request, {onNotice: onEvent, signal});
  const options = {store, snapshots, registries, platform, onEvent, signal};
  const pull = request.pull ?? 'missing';
  const fetch = (reference: Reference) => {
    if (pull === 'missing') onEvent?.({kind: 'missing', reference});
    return fetchImage(reference, {...options, layers: false});
  };
  const manifest = await inStore(store.root, () =>
    findImage(request.image, {store, platform, pull, fetch}),
  );
  const image = {id: store.images.manifest(manifest).config.digest, manifest};
  const root = await imageRoot(image, {store, snapshots}, new RemoteLayers(options));
  return {image, root};
}
