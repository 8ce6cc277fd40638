/** What the index of an OCI image layout says of an image. */
import type {Descriptor} from '../../oci/descriptor.js';
import {IMAGE_NAME, REF_NAME} from '../../oci/image-layout.js';
import {formatReference, type Reference} from '../../oci/reference.js';

export interface ImageToSave {
  /** With what the index is to say of it beside its names. */
  readonly manifest: Descriptor;
  readonly names: readonly Reference[];
}

/** An entry for each name, as docker and containerd write it: the whole name, and the tag alone. */
export function layoutEntries({manifest, names}: ImageToSave): readonly Descriptor[] {
  if (names.length === 0) return [manifest];
  return names.map((name) => ({
    ...manifest,
    annotations: {
      ...manifest.annotations,
      [IMAGE_NAME]: formatReference(name),
      ...(name.tag === undefined ? {} : {[REF_NAME]: name.tag}),
    },
  }));
}
