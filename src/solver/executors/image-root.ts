import type {ImageOp} from '../../graph/op.js';
import {chainID, chainIDs} from '../../oci/chain-id.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {MediaType} from '../../oci/media-type.js';
import {unpackImage} from '../../snapshot/unpack-image.js';
import type {LazyRoot} from '../executor.js';
import type {ExecutorOptions} from './executor-options.js';

type Places = Pick<ExecutorOptions, 'store' | 'snapshots'>;
type Sources = Pick<ExecutorOptions, 'layers'>;

/** An image's root by name; its layers are unpacked when a step needs their files. */
export function imageRoot(
  op: ImageOp,
  {store, snapshots, layers: content}: Places & Sources,
): LazyRoot {
  const {layers, diffIDs} = layersOf(op, store);
  return {
    chainID: chainID(diffIDs),
    open: () => unpackImage({layers, diffIDs}, {content, snapshots}),
  };
}

/** The layers that opening the root would need, and that are here neither unpacked nor packed. */
export function missingLayers(op: ImageOp, {store, snapshots}: Places): readonly Descriptor[] {
  const {layers, diffIDs} = layersOf(op, store);
  const unpacked = chainIDs(diffIDs).findLastIndex((id) => snapshots.find(id) !== undefined);
  return layers.slice(unpacked + 1).filter((layer) => !store.blobs.has(layer));
}

function layersOf({manifest: digest}: ImageOp, {images}: Places['store']) {
  const manifest = images.descriptor(MediaType.manifest, digest);
  const {layers} = images.manifest(manifest);
  return {layers, diffIDs: images.config({manifest}).rootfs.diff_ids};
}
