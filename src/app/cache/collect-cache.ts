/** `cache gc`: by the policy of daemon.json, or the four tiers. */
import type {PruneRule} from '../../cache/prune/prune-rule.js';
import {tiers, usualBounds} from '../../cache/prune/prune-rule.js';
import {openWorkspace, type Workspace} from '../workspace.js';
import type {CachePolicy} from './cache-policy.js';
import {findPolicy} from './find-policy.js';
import {boundsOf, diskOf, type PruneCacheRequest, type PrunedCache, prune} from './prune-cache.js';

export interface CollectCacheRequest
  extends Omit<PruneCacheRequest, 'all' | 'filters' | 'project'> {
  /** Path of a daemon.json. */
  readonly daemonJSON?: string;
}

/** Bounds of the request take the place of daemon.json's list of rules. Throws ConfigFileError, UnreadableConfigError. */
export async function collectCache(request: CollectCacheRequest = {}): Promise<PrunedCache> {
  await using workspace = await openWorkspace({root: request.root});
  const policy = await findPolicy(request);
  const bounds = boundsOf(request, workspace);
  const isBounded = Object.keys(bounds).length > 0;
  const rules = isBounded
    ? tiers({...defaultBounds(policy, workspace), ...bounds})
    : rulesOf(policy, workspace);
  return await prune(workspace, {rules, dryRun: request.dryRun === true});
}

export function rulesOf(
  policy: CachePolicy,
  workspace: Pick<Workspace, 'store'>,
): readonly PruneRule[] {
  if (policy.rules === undefined) return tiers(defaultBounds(policy, workspace));
  return policy.rules.map(({bounds, ...rule}) => ({
    ...rule,
    ...boundsOf({...policy.defaults, ...bounds}, workspace),
  }));
}

const defaultBounds = (policy: CachePolicy, workspace: Pick<Workspace, 'store'>) => ({
  ...usualBounds(diskOf(workspace).size),
  ...boundsOf(policy.defaults, workspace),
});
