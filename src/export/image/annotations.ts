/**
 * Annotations that a build puts on its image.
 *
 * Source  OCI image-spec v1.1.1, annotations.md; BuildKit docs/annotations.md for what they may be put on.
 */
import {type Platform, platformRank} from '../../oci/platform.js';

export interface Annotation {
  /** What it is put on: the manifest, or what names that in a layout and in `--metadata-file`. */
  readonly on: 'manifest' | 'manifest-descriptor';
  /** Only when the image is for it. */
  readonly platform: Platform | undefined;
  readonly key: string;
  readonly value: string;
}

/** Those of one place; of equal keys the last wins. */
export function annotationsOn(
  on: Annotation['on'],
  annotations: readonly Annotation[],
  image: Platform,
): Readonly<Record<string, string>> {
  const meant = annotations.filter(
    (each) => each.on === on && (!each.platform || platformRank(each.platform, image) === 0),
  );
  return Object.fromEntries(meant.map(({key, value}) => [key, value]));
}
