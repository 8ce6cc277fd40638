import {chainIDs} from '../../oci/chain-id.js';
import type {StoredImage} from '../../store/images.js';
import type {Workspace} from '../workspace.js';

/** Bytes of each layer's tar, base first; as stored where a layer is not unpacked. */
export function layerSizes(
  image: Pick<StoredImage, 'manifest'>,
  {store, snapshots}: Pick<Workspace, 'store' | 'snapshots'>,
): number[] {
  const {layers} = store.images.manifest(image.manifest);
  const chain = chainIDs(store.images.config(image).rootfs.diff_ids);
  return layers.map(({size}, index) => {
    const chainID = chain[index];
    return (chainID && snapshots.find(chainID)?.size) ?? size;
  });
}

export const imageSize = (
  image: Pick<StoredImage, 'manifest'>,
  workspace: Pick<Workspace, 'store' | 'snapshots'>,
): number => layerSizes(image, workspace).reduce((sum, size) => sum + size, 0);
