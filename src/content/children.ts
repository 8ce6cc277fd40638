/**
 * The descriptors a piece of content points to: an index's manifests, a manifest's config and layers.
 *
 * A manifest's `subject` is left out: it points up, and may not exist. Content of other types has no children.
 */
import type {Descriptor} from '../oci/descriptor.js';
import {parseImageIndex} from '../oci/image-index.js';
import {parseManifest} from '../oci/manifest.js';
import {isIndex, isManifest} from '../oci/media-type.js';

/** `data` is the content, verified. */
export function childrenIn(target: Descriptor, data: Uint8Array): readonly Descriptor[] {
  if (isIndex(target.mediaType)) return parseImageIndex(data).manifests;
  if (!isManifest(target.mediaType)) return [];
  const manifest = parseManifest(data);
  return [manifest.config, ...manifest.layers];
}

/** Whether content of this type points to other content. */
export const isBranch = ({mediaType}: Descriptor): boolean =>
  isIndex(mediaType) || isManifest(mediaType);
