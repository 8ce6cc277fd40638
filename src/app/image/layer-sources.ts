import {ImageContent} from '../../export/image/image-content.js';
import type {LayerSource} from '../../layer/inspect/read-layer.js';
import {chainIDs} from '../../oci/chain-id.js';
import type {StoredImage} from '../../store/images.js';
import type {Workspace} from '../workspace.js';

/** Where each layer of an image can be read, base first: unpacked where it is, else as it is stored. */
export function layerSources(
  image: Pick<StoredImage, 'manifest'>,
  {store, snapshots}: Pick<Workspace, 'store' | 'snapshots'>,
): readonly LayerSource[] {
  const {layers} = store.images.manifest(image.manifest);
  const chain = chainIDs(store.images.config(image).rootfs.diff_ids);
  const content = new ImageContent(store, snapshots);
  return layers.map((layer, index): LayerSource => {
    const chainID = chain[index];
    const snapshot = chainID && snapshots.find(chainID);
    if (snapshot) return {kind: 'directory', path: snapshot.path};
    return {kind: 'tar', bytes: content.fetch(layer)};
  });
}
