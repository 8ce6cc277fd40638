/** `--filter` of `cache ls`, `du` and `prune`: which entries, and unused since when. */
import {type EntryFilter, parseEntryFilter} from '../../cache/entries/entry-filter.js';
import {parseUntil} from '../until.js';

export interface EntryFilters {
  /** All but `until` hold. */
  readonly fits: EntryFilter;
  /** Milliseconds: `until=24h` means what was not used since. */
  readonly unusedFor: number;
}

/** `unused-for` is what docker's builder calls `until`; `until!=24h` is what was used since. Throws InvalidEntryFilterError, InvalidOptionError. */
export function entryFilters(texts: readonly string[], now = Date.now()): EntryFilters {
  const all: EntryFilter[] = [];
  let unusedFor = 0;
  for (const text of texts) {
    const [, operator, value = ''] = /^(?:until|unused-for)(==?|!=)(.*)$/s.exec(text) ?? [];
    if (operator === undefined) all.push(parseEntryFilter(text));
    else if (operator === '!=') all.push(usedSince(parseUntil(value)));
    else unusedFor = Math.max(unusedFor, now - parseUntil(value));
  }
  return {fits: (entry) => all.every((fits) => fits(entry)), unusedFor};
}

const usedSince =
  (time: number): EntryFilter =>
  ({lastUsedAt}) =>
    Date.parse(lastUsedAt) > time;
