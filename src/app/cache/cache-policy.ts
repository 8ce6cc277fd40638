/** How the cache is collected, as daemon.json may say it. */
import type {PruneRule} from '../../cache/prune/prune-rule.js';
import type {PruneCacheRequest} from './prune-cache.js';

export type PolicyBounds = Pick<
  PruneCacheRequest,
  'reservedSpace' | 'maxUsedSpace' | 'minFreeSpace'
>;

export interface PolicyRule extends Omit<PruneRule, 'reserved' | 'maxUsed' | 'minFree'> {
  readonly bounds: PolicyBounds;
}

export interface CachePolicy {
  /** False leaves the cache to `cache gc`. */
  readonly enabled: boolean;
  /** Where a rule has none. */
  readonly defaults: PolicyBounds;
  /** In place of the four tiers. */
  readonly rules?: readonly PolicyRule[];
}
