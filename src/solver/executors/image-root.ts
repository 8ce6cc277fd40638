import type {ImageOp} from '../../graph/op.js';
import {chainID} from '../../oci/chain-id.js';
import {MediaType} from '../../oci/media-type.js';
import {unpackImage} from '../../snapshot/unpack-image.js';
import type {LazyRoot} from '../executor.js';
import type {ExecutorOptions} from './executor-options.js';

/** An image's root by name; its layers are unpacked when a step needs their files. */
export function imageRoot(op: ImageOp, {store, snapshots}: ExecutorOptions): LazyRoot {
  const manifest = store.images.descriptor(MediaType.manifest, op.manifest);
  const {rootfs} = store.images.config({manifest});
  const {layers} = store.images.manifest(manifest);
  return {
    chainID: chainID(rootfs.diff_ids),
    open: () => unpackImage({layers, diffIDs: rootfs.diff_ids}, {content: store.blobs, snapshots}),
  };
}
