/** What an `--output` says of the image it is to be. */
import type {ImageForm} from '../../export/image/image-form.js';
import type {Packing} from '../../export/packing/pack-layers.js';
import type {MediaFamily} from '../../oci/media-type.js';
import {parseReference, type Reference} from '../../oci/reference.js';
import {InvalidOptionError} from '../errors.js';
import type {OptionAttributes} from '../option-attributes.js';
import {annotationsIn} from './annotation-option.js';
import {packingIn} from './packing-attributes.js';

export interface ImageAttributes {
  /** Instead of `--tag`, when there is none. */
  readonly names: readonly Reference[];
  readonly form: ImageForm;
}

/** Throws InvalidOptionError, DecompressorMissingError. */
export function imageAttributes(
  attributes: OptionAttributes,
  usual: Pick<ImageForm, 'family' | 'annotations'>,
): ImageAttributes {
  const names = (attributes.text('name') ?? '').split(',');
  const packing = packingIn(attributes);
  return {
    names: names.filter((name) => name !== '').map(parseReference),
    form: {
      family: familyIn(attributes, usual.family, packing),
      rewriteTimestamp: attributes.truth('rewrite-timestamp', false),
      annotations: [...annotationsIn(attributes), ...usual.annotations],
      packing,
    },
  };
}

/** Docker's media types have none for zstd: BuildKit takes the OCI's, and so it is here unless docker's were asked for. */
function familyIn(
  attributes: OptionAttributes,
  usual: MediaFamily,
  packing: Packing | undefined,
): MediaFamily {
  const isZstd = packing?.form?.compression === 'zstd';
  const isOCI = attributes.truth('oci-mediatypes', isZstd || usual === 'oci');
  if (isOCI || !isZstd) return isOCI ? 'oci' : 'docker';
  throw new InvalidOptionError('--output', 'compression=zstd wants oci-mediatypes=true');
}
