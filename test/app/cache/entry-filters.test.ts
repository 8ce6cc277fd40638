import {expect, test} from 'vitest';
import {entryFilters} from '../../../src/app/cache/entry-filters.js';
import type {CacheEntry} from '../../../src/cache/entries/cache-entry.js';

const HOUR = 3_600_000;

test.each<[filters: readonly string[], hours: number]>([
  [[], 0],
  [['type=regular'], 0],
  [['until=24h'], 24],
  [['until=24h', 'until=48h', 'shared'], 48],
  [['until==24h', 'unused-for=48h'], 48],
  [['until!=24h'], 0],
])('%j is what was unused for %d hours', (filters, hours) => {
  const now = Date.now();
  expect(Math.round(entryFilters(filters, now).unusedFor / HOUR)).toBe(hours);
});

test.each(['until=yesterday', 'until!=yesterday', 'until~=1', 'unused-for~=1', 'until'])(
  'refuses %s',
  (filter) => {
    expect(() => entryFilters([filter])).toThrow(/until/);
  },
);

test.each<[filters: readonly string[], fits: readonly number[]]>([
  [['until!=24h'], [1, 23]],
  [['until!=24h', 'until!=12h'], [1]],
  [['until!=24h', 'shared'], []],
])('%j is what was used so many hours ago: %j', (filters, fits) => {
  const now = Date.now();
  const entry = (hours: number) =>
    ({lastUsedAt: new Date(now - hours * HOUR).toISOString(), shared: false}) as CacheEntry;
  const {fits: isMeant} = entryFilters(filters, now);
  expect([1, 23, 25].filter((hours) => isMeant(entry(hours)))).toEqual(fits);
});
