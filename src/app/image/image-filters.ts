/** `--filter` of image listings and prunings. */
import type {StoredImage} from '../../store/images.js';
import {InvalidOptionError} from '../errors.js';
import {parseUntil} from '../until.js';
import type {Workspace} from '../workspace.js';
import {globToRegExp} from './reference-glob.js';

export interface ImageFilters {
  /** `true` or `false`. */
  readonly dangling?: readonly string[];
  /** Patterns of names, `*` within a path component. */
  readonly reference?: readonly string[];
  /** `key` or `key=value`. */
  readonly label?: readonly string[];
  /** Images made before, or since, this one. */
  readonly before?: readonly string[];
  readonly since?: readonly string[];
  /** Made before this: RFC 3339, or how long ago, like `24h`. */
  readonly until?: readonly string[];
}

/** Whether all hold but `reference`, which is of names. Throws InvalidOptionError, ImageNotFoundError. */
export function passes(image: StoredImage, filters: ImageFilters, {store}: Workspace): boolean {
  const {dangling = [], label = [], before = [], since = [], until = []} = filters;
  if (dangling.some((value) => isTrue(value) !== (image.names.length === 0))) return false;
  const {created = '', config} = store.images.config(image);
  const labels = config.Labels ?? {};
  const createdOf = (other: string): string =>
    store.images.config(store.images.find(other)).created ?? '';
  return (
    label.every((wanted) => hasLabel(labels, wanted)) &&
    before.every((other) => created < createdOf(other)) &&
    since.every((other) => created > createdOf(other)) &&
    until.every((text) => Date.parse(created) < parseUntil(text))
  );
}

/** As docker reads the value of a filter that is true or false. */
function isTrue(text: string): boolean {
  if (['true', '1'].includes(text)) return true;
  if (['false', '0'].includes(text)) return false;
  throw new InvalidOptionError('--filter dangling', `want true or false, got ${text}`);
}

/** `key`, or `key=value`. */
export function hasLabel(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const at = wanted.indexOf('=');
  if (at === -1) return Object.hasOwn(labels, wanted);
  const key = wanted.slice(0, at);
  return Object.hasOwn(labels, key) && labels[key] === wanted.slice(at + 1);
}

interface Name {
  readonly repository: string | undefined;
  readonly tag: string | undefined;
}

/** Whether a name, with its tag or without, fits a pattern of `reference`. */
export function fits({repository, tag}: Name, pattern: string): boolean {
  if (repository === undefined) return false;
  const expression = globToRegExp(pattern);
  return expression.test(repository) || expression.test(`${repository}:${tag}`);
}
