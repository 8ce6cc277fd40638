/** Small images put straight into a store: real descriptors, layers that are a few bytes of text. */
import type {Descriptor} from '../../src/oci/descriptor.js';
import {digestOf} from '../../src/oci/digest.js';
import {serializeManifest} from '../../src/oci/manifest.js';
import {MediaType} from '../../src/oci/media-type.js';
import type {Store} from '../../src/store/store.js';

export interface ImageOfText {
  readonly manifest: Descriptor;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

export function storeImageOfText(store: Store, ...layers: readonly string[]): ImageOfText {
  const config = {
    architecture: 'amd64',
    os: 'linux',
    config: {},
    rootfs: {type: 'layers', diff_ids: layers.map((layer) => digestOf(layer))},
  };
  const stored = {
    config: store.blobs.write(MediaType.config, Buffer.from(JSON.stringify(config))),
    layers: layers.map((layer) => store.blobs.write(MediaType.layer, Buffer.from(layer))),
  };
  const manifest = serializeManifest({schemaVersion: 2, mediaType: MediaType.manifest, ...stored});
  return {...stored, manifest: store.blobs.write(MediaType.manifest, manifest)};
}
