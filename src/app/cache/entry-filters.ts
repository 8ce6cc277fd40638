/** `--filter` of `cache ls`, `du` and `prune`: which entries, and unused since when. */
import {type EntryFilter, parseEntryFilter} from '../../cache/entries/entry-filter.js';
import {parseUntil} from '../until.js';

export interface EntryFilters {
  /** All but `until` hold. */
  readonly fits: EntryFilter;
  /** Milliseconds: `until=24h` means what was not used since. */
  readonly unusedFor: number;
}

/** Throws InvalidEntryFilterError, InvalidOptionError. */
export function entryFilters(texts: readonly string[], now = Date.now()): EntryFilters {
  const untils = texts.filter(isUntil);
  const all = texts.filter((text) => !isUntil(text)).map(parseEntryFilter);
  const ages = untils.map((text) => now - parseUntil(text.slice('until='.length)));
  return {
    fits: (entry) => all.every((fits) => fits(entry)),
    unusedFor: Math.max(0, ...ages),
  };
}

const isUntil = (text: string): boolean => text.startsWith('until=');
