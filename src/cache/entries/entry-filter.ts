/**
 * `KEY=VALUE`, `KEY!=VALUE` or `KEY~=REGEXP`: which entries are meant. `inuse`, `shared`, `private`, `mutable` and `immutable` stand
 * alone, or take true or false. All that are given must hold.
 *
 * Source  docker's documentation of `buildx prune --filter`.
 */
import {InvalidEntryFilterError} from '../errors.js';
import type {CacheEntry} from './cache-entry.js';

export type EntryFilter = (entry: CacheEntry) => boolean;

type Texts = (entry: CacheEntry) => readonly string[];

const texts: Readonly<Record<string, Texts>> = {
  id: ({id}) => [id, id.replace(/^sha256:/, '')],
  parents: ({parents}) => parents,
  description: ({description}) => [description],
  type: ({type}) => [type],
  project: ({uses}) => uses.map(({project}) => project),
};

const truths: Readonly<Record<string, (entry: CacheEntry) => boolean>> = {
  inuse: ({inUse}) => inUse,
  shared: ({shared}) => shared,
  private: ({shared}) => !shared,
  mutable: ({mutable}) => mutable,
  immutable: ({mutable}) => !mutable,
};

/** `until` is read by whoever asks: it says how long something was not used, not what it is. */
const FILTER_KEYS = [...Object.keys(texts), ...Object.keys(truths), 'until'];

/** Throws InvalidEntryFilterError. */
export function parseEntryFilter(text: string): EntryFilter {
  const [, key = '', operator = '', value = ''] = /^(\w+)(?:(==?|!=|~=)(.*))?$/s.exec(text) ?? [];
  const truth = truths[key];
  if (truth !== undefined) return truthFilter(truth, {text, operator, value});
  const read = texts[key];
  if (read === undefined || operator === '') throw new InvalidEntryFilterError(text, FILTER_KEYS);
  const holds = matcher(text, operator, value);
  return (entry) => (operator === '!=' ? !read(entry).some(holds) : read(entry).some(holds));
}

function truthFilter(
  truth: (entry: CacheEntry) => boolean,
  {text, operator, value}: {text: string; operator: string; value: string},
): EntryFilter {
  if (operator !== '' && !/^(true|false|1|0)$/.test(value)) {
    throw new InvalidEntryFilterError(text, FILTER_KEYS);
  }
  const wanted = operator === '' || value === 'true' || value === '1';
  return (entry) => truth(entry) === (operator === '!=' ? !wanted : wanted);
}

function matcher(text: string, operator: string, value: string): (candidate: string) => boolean {
  if (operator !== '~=') return (candidate) => candidate === value;
  try {
    const expression = new RegExp(value);
    return (candidate) => expression.test(candidate);
  } catch (cause) {
    throw new InvalidEntryFilterError(text, FILTER_KEYS, cause);
  }
}
