/**
 * `--cache-from` and `--cache-to`: `type=TYPE,NAME=VALUE…` as a line of CSV, or references of a registry alone.
 *
 * Source  docker buildx build's reference, --cache-from and --cache-to; buildx util/buildflags/cache.go.
 */
import {didYouMean} from '../../../dockerfile/did-you-mean.js';
import type {Packing} from '../../../export/packing/pack-layers.js';
import {type Digest, isDigest} from '../../../oci/digest.js';
import {familiarReference, parseReference, type Reference} from '../../../oci/reference.js';
import {InvalidOptionError} from '../../errors.js';
import {attributesOf, OptionAttributes} from '../../option-attributes.js';
import {packingIn} from '../packing-attributes.js';

/** Where a shared cache is. */
export type CachePlace =
  | {readonly type: 'registry'; readonly reference: Reference}
  | {
      readonly type: 'local';
      readonly directory: string;
      /** In the directory's index. */
      readonly tag: string;
      /** Instead of the tag. */
      readonly digest?: Digest | undefined;
    };

export interface CacheTarget {
  readonly place: CachePlace;
  /** Only the results that the exported one is made of, or those of all stages. */
  readonly mode: 'min' | 'max';
  readonly packing: Packing;
  /** Whether a build is good although it could not be written. */
  readonly ignoreError: boolean;
}

export interface CachePlaces {
  readonly from: readonly CachePlace[];
  readonly to: readonly CacheTarget[];
  /** `type=inline`: into the images that are the build's outputs. */
  readonly isInlined: boolean;
}

export interface CacheRequest {
  /** BUILDKIT_INLINE_CACHE=1 is `type=inline`. */
  readonly buildArgs?: readonly string[];
  /** `--cache-from`: caches of other machines to take results from. */
  readonly cacheFrom?: readonly string[];
  /** `--cache-to`: where the results go for other machines, once the build is done. */
  readonly cacheTo?: readonly string[];
}

/** Throws InvalidOptionError, InvalidReferenceError, DecompressorMissingError. */
export function cachePlaces(request: CacheRequest): CachePlaces {
  const {cacheFrom = [], cacheTo = [], buildArgs = []} = request;
  const to = cacheTo.flatMap((text) => split(text, '--cache-to')).map(parseTarget);
  return {
    from: cacheFrom.flatMap((text) => split(text, '--cache-from')).map(parseSource),
    to: to.filter((target) => target !== 'inline'),
    isInlined: to.includes('inline') || buildArgs.some((each) => INLINED.test(each)),
  };
}

const INLINED = /^BUILDKIT_INLINE_CACHE=(1|t|true)$/i;

/** What is known of the place in messages and progress. */
export const placeName = (place: CachePlace): string =>
  place.type === 'registry' ? familiarReference(place.reference) : place.directory;

interface Entry {
  readonly type: string;
  readonly attributes: OptionAttributes;
}

/** References alone are each a registry's. */
function split(text: string, option: string): readonly Entry[] {
  if (text !== '' && !text.includes('=')) {
    return text.split(',').map((ref) => entryOf(option, new Map([['ref', ref]])));
  }
  return [entryOf(option, attributesOf(text, option))];
}

function entryOf(option: string, values: Map<string, string>): Entry {
  const type = values.get('type') ?? (values.has('ref') ? 'registry' : '');
  values.delete('type');
  return {type, attributes: new OptionAttributes(option, type, values)};
}

function parseSource({type, attributes}: Entry): CachePlace {
  const place = placeIn(type, attributes, 'src');
  attributes.finish();
  return place;
}

function parseTarget({type, attributes}: Entry): CacheTarget | 'inline' {
  if (type === 'inline') return inlineTarget(attributes);
  const place = placeIn(type, attributes, 'dest');
  const mode = attributes.choice('mode', ['min', 'max']);
  const packing = packingIn(attributes) ?? {form: {compression: 'gzip'}, force: false};
  const ignoreError = attributes.truth('ignore-error', true);
  for (const name of ['image-manifest', 'oci-mediatypes']) {
    if (attributes.truth(name, true)) continue;
    throw invalid(attributes, `${name}: want true, the form that every registry takes`);
  }
  attributes.finish();
  return {place, mode, packing, ignoreError};
}

function inlineTarget(attributes: OptionAttributes): 'inline' {
  if (attributes.choice('mode', ['min', 'max']) === 'max') {
    throw invalid(attributes, 'mode=max: an image has layers for mode=min alone');
  }
  attributes.finish();
  return 'inline';
}

const TYPES = ['registry', 'local'];

function placeIn(type: string, attributes: OptionAttributes, path: 'src' | 'dest'): CachePlace {
  switch (type) {
    case 'registry':
      return {type, reference: parseReference(required(attributes, 'ref'))};
    case 'local': {
      const directory = required(attributes, path);
      const tag = attributes.text('tag') ?? 'latest';
      return {type, directory, tag, digest: path === 'src' ? digestIn(attributes) : undefined};
    }
    default:
      throw unknownType(type, attributes);
  }
}

function unknownType(type: string, attributes: OptionAttributes): InvalidOptionError {
  const known = attributes.option === '--cache-to' ? [...TYPES, 'inline'] : TYPES;
  const got = type === '' ? 'none' : JSON.stringify(type);
  const hint =
    type === 'inline'
      ? '; a cache inside an image is read with type=registry,ref=IMAGE'
      : didYouMean(type, known);
  return invalid(attributes, `want type ${known.join(' or ')}, got ${got}${hint}`);
}

function digestIn(attributes: OptionAttributes): Digest | undefined {
  const text = attributes.text('digest');
  if (text === undefined || isDigest(text)) return text;
  throw invalid(attributes, `digest: want sha256 and 64 digits, got ${JSON.stringify(text)}`);
}

function required(attributes: OptionAttributes, name: string): string {
  const value = attributes.text(name);
  if (value) return value;
  throw invalid(attributes, `${name} is required`);
}

const invalid = ({option}: OptionAttributes, problem: string): InvalidOptionError =>
  new InvalidOptionError(option, problem);
