/** `--filter KEY=VALUE`, given any number of times. */
import {FilterError} from '../errors.js';

export type Filters<Key extends string> = Partial<Record<Key, string[]>>;

/** Values by key, in the order typed. Throws FilterError for a key that is not in `known`. */
export function parseFilters<Key extends string>(
  texts: readonly string[],
  known: readonly Key[],
): Filters<Key> {
  const filters: Filters<Key> = {};
  for (const text of texts) {
    const split = text.indexOf('=');
    const key = known.find((name) => name === text.slice(0, split));
    if (split < 1 || key === undefined) throw new FilterError(text, known);
    filters[key] = [...(filters[key] ?? []), text.slice(split + 1)];
  }
  return filters;
}
