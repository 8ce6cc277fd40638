/** Entries of the cache as rows of `cache ls` and `cache du`. */

import {now} from '../base/clock.js';
import type {CacheEntry} from '../cache/entries/cache-entry.js';
import {type Digest, shortID} from '../oci/digest.js';
import type {Row, Table} from './listing.js';
import {printable} from './printable.js';
import {formatTable} from './table.js';
import {formatAge, formatBytes} from './units.js';

const headers = {
  ID: 'ID',
  Project: 'PROJECT',
  Description: 'STEP',
  Type: 'TYPE',
  Size: 'SIZE',
  UniqueSize: 'UNIQUE',
  Shared: 'SHARED',
  InUse: 'IN USE',
  Mutable: 'MUTABLE',
  Reclaimable: 'RECLAIMABLE',
  Parents: 'PARENTS',
  UsageCount: 'USES',
  LastUsedSince: 'LAST USED',
  LastUsedAt: 'LAST USED AT',
  CreatedSince: 'CREATED',
  CreatedAt: 'CREATED AT',
} as const;

export const CACHE_TABLE: Table = {
  headers,
  fields: ['ID', 'Project', 'Size', 'UniqueSize', 'UsageCount', 'LastUsedSince', 'Description'],
};

export const DISK_USAGE_TABLE: Table = {
  headers,
  fields: ['ID', 'Type', 'Reclaimable', 'Shared', 'Size', 'LastUsedSince'],
};

export type CacheColumns = Row & Record<keyof typeof headers, string>;

export function cacheColumns(
  entry: CacheEntry,
  {full, at = now()}: {full: boolean; at?: Date},
): CacheColumns {
  const id = (text: string): string => (full ? text : shownID(text));
  return {
    ID: id(entry.id),
    Project: entry.uses.map(({project}) => project).join(','),
    Description: entry.description,
    Type: entry.type,
    Size: formatBytes(entry.size, 3),
    UniqueSize: formatBytes(entry.uniqueSize, 3),
    Shared: String(entry.shared),
    InUse: String(entry.inUse),
    Mutable: String(entry.mutable),
    Reclaimable: String(!entry.inUse),
    Parents: entry.parents.map(id).join(','),
    UsageCount: String(entry.usageCount),
    LastUsedSince: formatAge(entry.lastUsedAt, at),
    LastUsedAt: entry.lastUsedAt,
    CreatedSince: formatAge(entry.createdAt, at),
    CreatedAt: entry.createdAt,
  };
}

export const shownID = (id: string): string =>
  id.startsWith('sha256:') ? shortID(id as Digest) : id;

const VERBOSE = [
  ['ID', 'ID'],
  ['Parents', 'Parents'],
  ['Created at', 'CreatedAt'],
  ['Mutable', 'Mutable'],
  ['Reclaimable', 'Reclaimable'],
  ['Shared', 'Shared'],
  ['Size', 'Size'],
  ['Unique size', 'UniqueSize'],
  ['Description', 'Description'],
  ['Projects', 'Project'],
  ['Usage count', 'UsageCount'],
  ['Last used', 'LastUsedSince'],
  ['Type', 'Type'],
] as const;

/** All of an entry, a line each, as `docker buildx du --verbose` has it. */
export const verboseLines = (row: CacheColumns): string[] => [
  ...VERBOSE.map(([title, field]) => `${`${title}:`.padEnd(15)}${printable(row[field])}`),
  '',
];

/** What the entries hold together: a layer that several have counts once. */
export function totalLines(entries: readonly CacheEntry[]): string[] {
  const sum = (fits: (entry: CacheEntry) => boolean): string => {
    const layers = new Map(entries.filter(fits).map(({layer, size}) => [layer, size] as const));
    return formatBytes([...layers.values()].reduce((total, size) => total + size, 0));
  };
  return formatTable([
    ['Shared:', sum(({shared}) => shared)],
    ['Private:', sum(({shared}) => !shared)],
    ['Reclaimable:', sum(({shared, inUse}) => !shared && !inUse)],
    ['Total:', sum(() => true)],
  ]);
}
