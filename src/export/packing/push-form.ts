/**
 * What is sent of an image: its layers packed, the rest as it is.
 *
 * Layers that are named packed already stay, unless they are forced. An image of which nothing changes keeps its manifest, byte for
 * byte; its id stays in any case.
 */
import type {Descriptor} from '../../oci/descriptor.js';
import {type Manifest, serializeManifest} from '../../oci/manifest.js';
import {
  compressionOf,
  imageTypes,
  isImageConfig,
  isManifest,
  MediaType,
} from '../../oci/media-type.js';
import {inFamily} from '../image/assemble.js';
import {type Packing, type PackingPlace, packLayers} from './pack-layers.js';

/** What to push instead of `target`, stored. */
export async function pushForm(
  target: Descriptor,
  packing: Packing,
  place: PackingPlace,
): Promise<Descriptor> {
  const {images, blobs} = place.store;
  if (!isManifest(target.mediaType)) return target;
  const manifest = images.manifest(target);
  if (!isImageConfig(manifest.config.mediaType)) return target;
  const {rootfs} = images.config({manifest: target});
  const named = {named: manifest.layers, diffIDs: rootfs.diff_ids};
  const layers = await packLayers(named, packing, place);
  if (layers.every((layer, index) => layer === manifest.layers[index])) return target;
  const packed = inTypes({...manifest, layers});
  return blobs.write(packed.mediaType, serializeManifest(packed));
}

/** Docker's media types have none for zstd: such an image takes the OCI's. */
function inTypes(manifest: Manifest): Manifest {
  const hasZstd = manifest.layers.some(({mediaType}) => compressionOf(mediaType) === 'zstd');
  const isDocker = manifest.mediaType === MediaType.dockerManifest && !hasZstd;
  const family = isDocker ? 'docker' : 'oci';
  const types = imageTypes[family];
  const layers = manifest.layers.map((layer) => inFamily(layer, family));
  const config = {...manifest.config, mediaType: types.config};
  return {...manifest, mediaType: types.manifest, config, layers};
}
