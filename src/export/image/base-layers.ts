/** The layers a result shares with its base image, as the base's manifest names them. */
import type {Vertex} from '../../graph/vertex.js';
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import {MediaType} from '../../oci/media-type.js';
import type {Store} from '../../store/store.js';

/** Empty when there is no base, or its manifest is not stored. */
export function baseLayers(
  store: Pick<Store, 'blobs' | 'images'>,
  target: Vertex | null,
): readonly Descriptor[] {
  const manifest = baseManifest(target);
  const size = manifest === undefined ? undefined : store.blobs.sizeOf(manifest);
  if (manifest === undefined || size === undefined) return [];
  return store.images.manifest({mediaType: MediaType.manifest, digest: manifest, size}).layers;
}

function baseManifest(target: Vertex | null): Digest | undefined {
  const base = baseVertex(target);
  return base?.op.kind === 'image' ? base.op.manifest : undefined;
}

/** The image it is built on, down the roots and not the sources copied from; null for `scratch`. */
export function baseVertex(target: Vertex | null): Vertex | null {
  let vertex = target;
  while (vertex !== null && vertex.op.kind !== 'image') vertex = vertex.inputs[0] ?? null;
  return vertex;
}
