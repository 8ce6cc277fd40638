import type {Snapshot} from '../../snapshot/snapshotter.js';
import {type LayerSource, unpackImage} from '../../snapshot/unpack-image.js';
import {inStore} from '../../store/full-disk.js';
import type {StoredImage} from '../../store/images.js';
import type {Workspace} from '../workspace.js';

/** The top of an image's layers, which are unpacked where they are not yet; undefined of an image without any. */
export function imageRoot(
  image: Pick<StoredImage, 'manifest'>,
  {store, snapshots}: Pick<Workspace, 'store' | 'snapshots'>,
  content: LayerSource = store.blobs,
): Promise<Snapshot | undefined> {
  const {layers} = store.images.manifest(image.manifest);
  const diffIDs = store.images.config(image).rootfs.diff_ids;
  return inStore(store.paths.root, () => unpackImage({layers, diffIDs}, {content, snapshots}));
}
