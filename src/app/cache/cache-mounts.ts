/** `cache mounts ls` and `prune`: the directories of RUN --mount=type=cache. */
import {chooseVictims} from '../../cache/prune/choose-victims.js';
import type {PruneRule} from '../../cache/prune/prune-rule.js';
import {
  type CacheMountFolder,
  listCacheMounts,
  removeCacheMount,
} from '../../store/cache-mount-folders.js';
import {NoSuchCacheMountError} from '../../store/errors.js';
import {openWorkspace, type Workspace} from '../workspace.js';
import {mountEntry} from './cache-entries.js';

export type {CacheMountFolder};

interface Request {
  readonly root?: string;
}

/** By id, then by place. */
export async function listMountsOfCache(request: Request): Promise<readonly CacheMountFolder[]> {
  await using workspace = await openWorkspace({root: request.root});
  return chosenMounts(undefined, workspace);
}

/** Those with the ids, or all. Throws NoSuchCacheMountError for an id that nobody has. */
export function chosenMounts(
  ids: readonly string[] | undefined,
  {store}: Pick<Workspace, 'store'>,
): readonly CacheMountFolder[] {
  const all = [...listCacheMounts(store.paths.mounts)].sort((left, right) =>
    `${left.id} ${left.path}` < `${right.id} ${right.path}` ? -1 : 1,
  );
  for (const id of ids ?? []) {
    if (!all.some((mount) => isNamed(mount, id))) throw new NoSuchCacheMountError(id);
  }
  return ids === undefined ? all : all.filter((mount) => ids.some((id) => isNamed(mount, id)));
}

/** `id=one` of a Dockerfile is `/one`, after the namespace that builds may give. */
const isNamed = ({id}: CacheMountFolder, wanted: string): boolean =>
  id === wanted || id === `/${wanted}`;

export interface PruneMountsRequest extends Request {
  /** Ids as Dockerfiles give them; all without. */
  readonly ids?: readonly string[];
  /** Only those that no step used for this long, in milliseconds. */
  readonly unusedFor?: number;
  /** Only until the rest has at most so many bytes; those go first that were used longest ago. */
  readonly maxSize?: number;
}

/** What a step uses stays. */
export async function pruneCacheMounts(
  request: PruneMountsRequest,
): Promise<readonly CacheMountFolder[]> {
  await using workspace = await openWorkspace({root: request.root});
  const {paths, ingest} = workspace.store;
  const chosen = chosenMounts(request.ids, workspace);
  const rule: PruneRule = {
    name: 'asked for',
    fits: () => true,
    all: false,
    unusedFor: request.unusedFor,
    maxUsed: request.maxSize,
  };
  const disk = {free: Number.POSITIVE_INFINITY, now: Date.now()};
  const {victims} = chooseVictims(chosen.map(mountEntry), [rule], disk);
  const going = new Set(victims.map(({entry}) => entry.id));
  return chosen.filter(({path}) => going.has(path) && removeCacheMount(paths.mounts, path, ingest));
}
