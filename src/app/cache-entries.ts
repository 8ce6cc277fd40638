/** What the cache holds, for whom: `cache ls`, `cache du`, `cache inspect`. */
import type {CacheRecord} from '../cache/cache-record.js';
import type {CacheEntry} from '../cache/entries/cache-entry.js';
import {parseEntryFilter} from '../cache/entries/entry-filter.js';
import {listResults} from '../cache/entries/list-results.js';
import {NoSuchCacheEntryError} from '../cache/errors.js';
import {type CacheMountFolder, listCacheMounts} from '../store/cache-mount-folders.js';
import {reachable} from '../store/reachable.js';
import {findRecord} from './cache-records.js';
import {openWorkspace, type Workspace} from './workspace.js';

export interface CacheRequest {
  /** See entry-filter.ts; all must hold. */
  readonly filters?: readonly string[];
  readonly project?: string;
  readonly root?: string;
}

/** Last used first. */
export async function listCache(request: CacheRequest = {}): Promise<readonly CacheEntry[]> {
  const fits = entryFilter(request);
  await using workspace = await openWorkspace({root: request.root});
  return cacheEntries(workspace)
    .filter(fits)
    .sort((left, right) => (left.lastUsedAt < right.lastUsedAt ? 1 : -1));
}

export interface InspectedEntry extends CacheEntry {
  /** What the key of a result was made of. */
  readonly record?: CacheRecord;
}

/** `id` is a key, the first digits of one, or the name of a cache mount. */
export async function inspectCache(request: {id: string; root?: string}): Promise<InspectedEntry> {
  await using workspace = await openWorkspace({root: request.root});
  const record = findRecord(request.id, workspace.cache);
  const entry = cacheEntries(workspace).find(({id}) => id === (record?.key ?? request.id));
  if (entry === undefined) throw new NoSuchCacheEntryError(request.id);
  return record === undefined ? entry : {...entry, record};
}

/** As of now; what other processes hold counts as in use. */
export function cacheEntries({cache, snapshots, store}: Workspace): CacheEntry[] {
  const results = listResults(cache, {
    snapshots: snapshots.list(),
    imageChains: reachable(store).chainIDs,
    held: store.leases.held(),
  });
  return [...results, ...[...listCacheMounts(store.paths.mounts)].map(mountEntry)];
}

function mountEntry({path, id, createdAt, lastUsedAt, size, inUse}: CacheMountFolder): CacheEntry {
  return {
    id: path,
    type: 'exec.cachemount',
    description: `cache mount ${id}`,
    parents: [],
    uses: [],
    createdAt,
    lastUsedAt,
    usageCount: 1,
    layer: path,
    size,
    uniqueSize: inUse ? 0 : size,
    shared: false,
    inUse,
    mutable: true,
  };
}

/** Throws InvalidEntryFilterError. */
export function entryFilter({
  filters = [],
  project,
}: Pick<CacheRequest, 'filters' | 'project'>): (entry: CacheEntry) => boolean {
  const all = filters.map(parseEntryFilter);
  return (entry) =>
    (project === undefined || entry.uses.some((use) => use.project === project)) &&
    all.every((fits) => fits(entry));
}
