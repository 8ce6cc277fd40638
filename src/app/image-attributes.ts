/** What an `--output` says of the image it is to be. */
import type {ImageForm} from '../export/image-form.js';
import {parseReference, type Reference} from '../oci/reference.js';
import {annotationsIn} from './annotation-option.js';
import type {OutputAttributes} from './output-attributes.js';

export interface ImageAttributes {
  /** Instead of `--tag`, when there is none. */
  readonly names: readonly Reference[];
  readonly form: ImageForm;
}

export function imageAttributes(
  attributes: OutputAttributes,
  usual: Pick<ImageForm, 'family' | 'annotations'>,
): ImageAttributes {
  const names = (attributes.text('name') ?? '').split(',');
  return {
    names: names.filter((name) => name !== '').map(parseReference),
    form: {
      family: attributes.truth('oci-mediatypes', usual.family === 'oci') ? 'oci' : 'docker',
      rewriteTimestamp: attributes.truth('rewrite-timestamp', false),
      annotations: [...annotationsIn(attributes), ...usual.annotations],
    },
  };
}
