/**
 * `cache prune`, and what `cache gc` does by its rules: forgets results and takes away the layers that nothing else leads to.
 *
 * Others may work meanwhile: what a build or container uses is known (Leases), and stays. With `dryRun` nothing goes, and the
 * answer says what would.
 */
import {rmSync, statfsSync} from 'node:fs';
import type {CacheEntry} from '../../cache/entries/cache-entry.js';
import {chooseVictims, type Victim} from '../../cache/prune/choose-victims.js';
import {goneForAll} from '../../cache/prune/project-share.js';
import type {Bounds, PruneRule} from '../../cache/prune/prune-rule.js';
import {sweepSnapshots, unusedSnapshots} from '../../export/sweep-snapshots.js';
import type {Digest} from '../../oci/digest.js';
import {removeRepository} from '../../remote/git/kept-repositories.js';
import {FileRecords} from '../../remote/http/file-records.js';
import type {Snapshot} from '../../snapshot/snapshotter.js';
import {removeCacheMount} from '../../store/cache-mount-folders.js';
import {reachable} from '../../store/reachable.js';
import type {Store} from '../../store/store.js';
import {rootsInUse} from '../roots-in-use.js';
import {openWorkspace, type Workspace} from '../workspace.js';
import {cacheEntries, ownEntries} from './cache-entries.js';
import {bytesOfShare, type DiskShare} from './disk-share.js';
import {entryFilters} from './entry-filters.js';

export interface PruneCacheRequest {
  /** Also results whose layers an image has. */
  readonly all?: boolean;
  /** See entry-filters.ts; `until=24h` keeps what was used since. */
  readonly filters?: readonly string[];
  /** Only what this project uses; what others use as well stays for them. */
  readonly project?: string;
  /** Bytes, or a share of the disk such as `10%`. */
  readonly reservedSpace?: DiskShare;
  readonly maxUsedSpace?: DiskShare;
  readonly minFreeSpace?: DiskShare;
  readonly dryRun?: boolean;
  readonly root?: string;
}

export interface PrunedCache {
  readonly removed: readonly Victim[];
  /** Bytes of layers, and of all that is no result, that went, or would. */
  readonly reclaimed: number;
  /** Bytes that the cache still holds, without those that images have as well. */
  readonly kept: number;
}

/** What fits goes, at once. */
export async function pruneCache(request: PruneCacheRequest = {}): Promise<PrunedCache> {
  const {filters = [], project, all = false} = request;
  const {fits, unusedFor} = entryFilters(filters);
  await using workspace = await openWorkspace({root: request.root});
  const rule: PruneRule = {
    name: 'asked for',
    fits,
    all,
    unusedFor,
    ...boundsOf(request, workspace),
  };
  return await prune(workspace, {rules: [rule], project, dryRun: request.dryRun === true});
}

export interface Pruning {
  readonly rules: readonly PruneRule[];
  readonly project?: string | undefined;
  readonly dryRun?: boolean;
}

export async function prune(workspace: Workspace, pruning: Pruning): Promise<PrunedCache> {
  const {store} = workspace;
  if (pruning.dryRun === true) return foresee(workspace, pruning);
  const pruned = await store.leases.removing((held) => removeNow(workspace, pruning, held));
  if (pruned.removed.length > 0) {
    const chains = new Set(workspace.snapshots.list().map(({chainID}) => chainID));
    workspace.cache.tidy((chainID) => chains.has(chainID));
  }
  return pruned;
}

function foresee(workspace: Workspace, pruning: Pruning): PrunedCache {
  const {removed, left, kept} = choose(workspace, pruning);
  const inUse = {
    chainIDs: usedChains(workspace, left),
    held: workspace.store.leases.held(),
  };
  const snapshots = unusedSnapshots(workspace.snapshots.list(), inUse);
  return {removed, kept, reclaimed: bytesOf(removed, snapshots)};
}

function removeNow(workspace: Workspace, pruning: Pruning, held: ReadonlySet<string>): PrunedCache {
  const {removed: chosen, gone, left, kept} = choose(workspace, pruning);
  const removed = chosen.filter(({entry}) =>
    removeEntry(entry, workspace, gone.has(entry.id) ? undefined : pruning.project),
  );
  const chainIDs = usedChains(workspace, left);
  const snapshots = sweepSnapshots(workspace.snapshots, {chainIDs, held});
  return {removed, kept, reclaimed: bytesOf(removed, snapshots)};
}

interface Chosen {
  readonly removed: readonly Victim[];
  /** Ids of those that go for everybody: of the others only the project lets go. */
  readonly gone: ReadonlySet<string>;
  /** The others. */
  readonly left: readonly CacheEntry[];
  readonly kept: number;
}

function choose(workspace: Workspace, {rules, project}: Pruning): Chosen {
  const entries = cacheEntries(workspace);
  const {free} = diskOf(workspace);
  const {victims, kept} = chooseVictims(ownEntries(entries, project), rules, {
    free,
    now: Date.now(),
  });
  const gone = goneForAll(victims, entries, project);
  const left = entries.filter(({id}) => !gone.has(id));
  return {removed: victims, gone, left, kept};
}

/** For everybody, or one project's use of it. False when somebody has begun to use it. */
function removeEntry(
  {id, type, uses}: CacheEntry,
  {cache, store}: Workspace,
  only: string | undefined,
): boolean {
  if (type !== 'regular') return removeFilled({id, type}, store);
  const key = id as Digest;
  for (const {project} of uses) {
    if (only === undefined || project === only) cache.removeUse(key, project);
  }
  if (only === undefined) cache.remove(key);
  return true;
}

function removeFilled(
  {id, type}: {readonly id: string; readonly type: Exclude<CacheEntry['type'], 'regular'>},
  {paths, ingest}: Pick<Store, 'paths' | 'ingest'>,
): boolean {
  switch (type) {
    case 'exec.cachemount':
      return removeCacheMount(paths.mounts, id, ingest);
    case 'source.git.checkout':
      return removeRepository(paths.repositories, id, ingest);
    case 'internal':
      new FileRecords(paths.fileRecords).remove(id);
      return true;
    case 'source.local':
      rmSync(paths.statCache, {force: true});
      return true;
  }
}

const usedChains = (workspace: Workspace, left: readonly CacheEntry[]): ReadonlySet<Digest> =>
  new Set([...reachable(workspace.store).chainIDs, ...rootsInUse(workspace, left)]);

function bytesOf(removed: readonly Victim[], snapshots: readonly Snapshot[]): number {
  const filled = removed.filter(({entry}) => entry.type !== 'regular');
  const sizes = [...filled.map(({entry}) => entry.size), ...snapshots.map(({size}) => size)];
  return sizes.reduce((sum, size) => sum + size, 0);
}

export function boundsOf(
  request: Pick<PruneCacheRequest, 'reservedSpace' | 'maxUsedSpace' | 'minFreeSpace'>,
  workspace: Pick<Workspace, 'store'>,
): Partial<Bounds> {
  const {size} = diskOf(workspace);
  const bytes = (share: DiskShare): number => bytesOfShare(share, size);
  const {reservedSpace, maxUsedSpace, minFreeSpace} = request;
  return {
    ...(reservedSpace === undefined ? {} : {reserved: bytes(reservedSpace)}),
    ...(maxUsedSpace === undefined ? {} : {maxUsed: bytes(maxUsedSpace)}),
    ...(minFreeSpace === undefined ? {} : {minFree: bytes(minFreeSpace)}),
  };
}

/** Bytes. */
export function diskOf({store}: Pick<Workspace, 'store'>): {size: number; free: number} {
  const {bsize, blocks, bavail} = statfsSync(store.root);
  return {size: bsize * blocks, free: bsize * bavail};
}
