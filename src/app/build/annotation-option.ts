/**
 * `--annotation [PLACE[,PLACE]:]KEY=VALUE` and `annotation[-PLACE].KEY` of an `--output`; a place may name a platform in brackets.
 *
 * Source  docker buildx build's reference, --annotation; BuildKit docs/annotations.md.
 */
import type {Annotation} from '../../export/image/annotations.js';
import {parsePlatform} from '../../oci/platform.js';
import {InvalidOptionError} from '../errors.js';
import type {OptionAttributes} from '../option-attributes.js';

const PLACE = /^([a-z-]+)(?:\[([\w/-]+)\])?$/;

export function parseAnnotation(text: string): readonly Annotation[] {
  const [, names = '', value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (value === undefined) {
    throw new InvalidOptionError('--annotation', `want KEY=VALUE, got ${JSON.stringify(text)}`);
  }
  const colon = names.indexOf(':');
  const key = names.slice(colon + 1);
  const places = colon === -1 ? ['manifest'] : names.slice(0, colon).split(',');
  return places.map((place) => annotation('--annotation', place, [key, value]));
}

export function annotationsIn(attributes: OptionAttributes): readonly Annotation[] {
  return attributes
    .family(/^annotation(?:-([^.]+))?(\[[^.]*\])?\.(.+)$/)
    .map(({parts: [place = 'manifest', platform = '', key = ''], value}) =>
      annotation('--output', place + platform, [key, value]),
    );
}

function annotation(
  option: string,
  place: string,
  [key, value]: readonly [key: string, value: string],
): Annotation {
  const [, on, platform] = PLACE.exec(place) ?? [];
  if (key === '') throw new InvalidOptionError(option, 'an annotation without a key');
  if (on === 'index' || on === 'index-descriptor') {
    throw new InvalidOptionError(
      option,
      `${on} annotations are for images of several platforms; this one has a manifest alone`,
    );
  }
  if (on !== 'manifest' && on !== 'manifest-descriptor') {
    throw new InvalidOptionError(
      option,
      `want an annotation of manifest or manifest-descriptor, got ${JSON.stringify(place)}`,
    );
  }
  return {on, platform: platform === undefined ? undefined : parsePlatform(platform), key, value};
}
