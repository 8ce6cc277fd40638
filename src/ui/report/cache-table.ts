/** Entries of the cache as rows of `cache ls` and `cache du`. */
import {now} from '../../base/clock.js';
import type {CacheEntry} from '../../cache/entries/cache-entry.js';
import {type Digest, shortID} from '../../oci/digest.js';
import type {Row, Table} from '../text/listing.js';
import {printable} from '../text/printable.js';
import {formatTable} from '../text/table.js';
import {formatAge, formatBytes} from '../text/units.js';

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

type Field = keyof typeof headers;

export type CacheColumns = Row & Record<Field, string>;

interface Shown {
  readonly at: Date;
  /** As an id is to be seen. */
  readonly id: (text: string) => string;
}

const cells: Readonly<Record<Field, (entry: CacheEntry, shown: Shown) => string>> = {
  ID: (entry, {id}) => id(entry.id),
  Project: ({uses}) => uses.map(({project}) => project).join(','),
  Description: ({description}) => description,
  Type: ({type}) => type,
  Size: ({size}) => formatBytes(size, 3),
  UniqueSize: ({uniqueSize}) => formatBytes(uniqueSize, 3),
  Shared: ({shared}) => String(shared),
  InUse: ({inUse}) => String(inUse),
  Mutable: ({mutable}) => String(mutable),
  Reclaimable: ({inUse}) => String(!inUse),
  Parents: ({parents}, {id}) => parents.map(id).join(','),
  UsageCount: ({usageCount}) => String(usageCount),
  LastUsedSince: ({lastUsedAt}, {at}) => formatAge(lastUsedAt, at),
  LastUsedAt: ({lastUsedAt}) => lastUsedAt,
  CreatedSince: ({createdAt}, {at}) => formatAge(createdAt, at),
  CreatedAt: ({createdAt}) => createdAt,
};

interface RowOptions {
  /** Ids whole. */
  readonly full: boolean;
  /** The fields that are looked at; all without. */
  readonly fields?: readonly string[] | undefined;
}

export function cacheRows(
  entries: readonly CacheEntry[],
  {full, fields = Object.keys(headers)}: RowOptions,
): CacheColumns[] {
  const shown: Shown = {at: now(), id: full ? (text) => text : shownID};
  const wanted = fields as readonly Field[];
  return entries.map((entry) => {
    const row: Partial<Record<Field, string>> = {};
    for (const field of wanted) row[field] = cells[field](entry, shown);
    return row as CacheColumns;
  });
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
