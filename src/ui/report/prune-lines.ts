/** What `cache prune` and `cache gc` removed, or would: a row each, by which rule where it was asked for, and the sum. */
import type {PrunedCache} from '../../app/cache/prune-cache.js';
import {now} from '../../base/clock.js';
import {printable} from '../text/printable.js';
import {formatTable} from '../text/table.js';
import {formatAge, formatBytes} from '../text/units.js';
import {shownID} from './cache-table.js';

export function pruneLines(
  {removed, reclaimed}: PrunedCache,
  {dryRun, explain}: {dryRun: boolean; explain: boolean},
): string[] {
  const header = ['ID', 'SIZE', 'LAST USED', ...(explain ? ['RULE'] : []), 'STEP'];
  const rows = removed.map(({entry, rule}) => [
    shownID(entry.id),
    formatBytes(entry.size, 3),
    formatAge(entry.lastUsedAt, now()),
    ...(explain ? [rule] : []),
    printable(entry.description),
  ]);
  const table = rows.length === 0 ? [] : [...formatTable([header, ...rows]), ''];
  const what = dryRun ? 'Space that would be reclaimed' : 'Total reclaimed space';
  return [...table, `${what}: ${formatBytes(reclaimed)}`];
}
