import {expect, test} from 'vitest';
import {entryFilters} from '../../../src/app/cache/entry-filters.js';

const HOUR = 3_600_000;

test.each<[filters: readonly string[], hours: number]>([
  [[], 0],
  [['type=regular'], 0],
  [['until=24h'], 24],
  [['until=24h', 'until=48h', 'shared'], 48],
])('%j is what was unused for %d hours', (filters, hours) => {
  const now = Date.now();
  expect(Math.round(entryFilters(filters, now).unusedFor / HOUR)).toBe(hours);
});

test.each(['until=yesterday', 'until!=24h', 'until~=1', 'until'])('refuses %s', (filter) => {
  expect(() => entryFilters([filter])).toThrow(/until/);
});
