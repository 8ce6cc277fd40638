/** What the cache holds, for whom: `cache ls`, `cache du`, `cache inspect`. */
import {statSync} from 'node:fs';
import {basename} from 'node:path';
import type {CacheRecord} from '../../cache/cache-record.js';
import type {CacheEntry} from '../../cache/entries/cache-entry.js';
import {listResults} from '../../cache/entries/list-results.js';
import {NoSuchCacheEntryError} from '../../cache/errors.js';
import {isUsedBy} from '../../cache/prune/project-share.js';
import {type KeptRepository, listRepositories} from '../../remote/git/kept-repositories.js';
import {FileRecords} from '../../remote/http/file-records.js';
import {type CacheMountFolder, listCacheMounts} from '../../store/cache-mount-folders.js';
import {reachable} from '../../store/reachable.js';
import type {StorePaths} from '../../store/store-paths.js';
import {openWorkspace, type Workspace} from '../workspace.js';
import {findRecord} from './cache-records.js';
import {entryFilters} from './entry-filters.js';

export interface CacheRequest {
  /** See entry-filters.ts; all must hold. */
  readonly filters?: readonly string[];
  readonly project?: string;
  readonly root?: string;
}

/** Last used first. */
export async function listCache(request: CacheRequest = {}): Promise<readonly CacheEntry[]> {
  const {filters = [], project, root} = request;
  const now = Date.now();
  const {fits, unusedFor} = entryFilters(filters, now);
  const isUnused = ({lastUsedAt}: CacheEntry) => now - Date.parse(lastUsedAt) >= unusedFor;
  await using workspace = await openWorkspace({root});
  return ownEntries(cacheEntries(workspace), project)
    .filter((entry) => fits(entry) && (unusedFor === 0 || isUnused(entry)))
    .sort((left, right) => (left.lastUsedAt < right.lastUsedAt ? 1 : -1));
}

export interface InspectedEntry extends CacheEntry {
  /** What the key of a result was made of. */
  readonly record?: CacheRecord;
}

/** `id` is a key, the first digits of one, or the name of a cache mount or repository. */
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
  const {mounts, repositories} = store.paths;
  return [
    ...results,
    ...[...listCacheMounts(mounts)].map(mountEntry),
    ...[...listRepositories(repositories)].map(repositoryEntry),
    ...hintEntries(store.paths),
  ];
}

export const mountEntry = ({path, id, ...mount}: CacheMountFolder): CacheEntry =>
  filledEntry(mount, {id: path, type: 'exec.cachemount', description: `cache mount ${id}`});

const repositoryEntry = ({name, remote, ...repository}: KeptRepository): CacheEntry =>
  filledEntry(repository, {
    id: name,
    type: 'source.git.checkout',
    description: `git repository ${remote}`,
  });

/** What only spares work. Without the addresses, which may hold secrets. */
function hintEntries({statCache, fileRecords}: StorePaths): readonly CacheEntry[] {
  const records = [...new FileRecords(fileRecords).list()].map(({name, digest, ...record}) =>
    filledEntry(
      {...record, inUse: false},
      {id: name, type: 'internal', description: `where the file ${digest} came from`},
    ),
  );
  const stat = statSync(statCache, {throwIfNoEntry: false});
  if (stat === undefined) return records;
  const {birthtime, mtime, size} = stat;
  const digests = filledEntry(
    {createdAt: birthtime.toISOString(), lastUsedAt: mtime.toISOString(), size, inUse: false},
    {id: basename(statCache), type: 'source.local', description: 'digests of files of contexts'},
  );
  return [...records, digests];
}

/** Of what steps or builds fill, which is no result. */
function filledEntry(
  {
    createdAt,
    lastUsedAt,
    size,
    inUse,
  }: Pick<CacheEntry, 'createdAt' | 'lastUsedAt' | 'size' | 'inUse'>,
  what: Pick<CacheEntry, 'id' | 'type' | 'description'>,
): CacheEntry {
  return {
    ...what,
    parents: [],
    uses: [],
    createdAt,
    lastUsedAt,
    usageCount: 1,
    layer: what.id,
    size,
    uniqueSize: inUse ? 0 : size,
    shared: false,
    inUse,
    mutable: true,
  };
}

/** Those that the project uses; without one all. */
export const ownEntries = (
  entries: readonly CacheEntry[],
  project: string | undefined,
): readonly CacheEntry[] => (project === undefined ? entries : entries.filter(isUsedBy(project)));
