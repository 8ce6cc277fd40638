import type {CacheEntry} from '../entries/cache-entry.js';

/**
 * What may go, and how far.
 *
 * Entries go, the longest unused first, until what the cache holds is no more than `maxUsed`, and the disk has `minFree`; none goes
 * once it is no more than `reserved`. Without these three bounds all that fits goes. Sizes are bytes.
 */
export interface PruneRule {
  /** For people: why an entry went. */
  readonly name: string;
  readonly fits: (entry: CacheEntry) => boolean;
  /** Also what images have: the result is forgotten and its layer stays. */
  readonly all: boolean;
  /** Milliseconds: what was used since stays. */
  readonly unusedFor?: number | undefined;
  readonly reserved?: number | undefined;
  readonly maxUsed?: number | undefined;
  readonly minFree?: number | undefined;
}

/** Of a cache and its disk, in bytes: see PruneRule. */
export interface Bounds {
  readonly reserved: number;
  readonly maxUsed: number;
  readonly minFree: number;
}

/** Bytes to come down to from `total`, with `free` on the disk; undefined for all that fits. */
export function goalOf(
  {reserved = 0, maxUsed, minFree}: PruneRule,
  {total, free}: {readonly total: number; readonly free: number},
): number | undefined {
  if (reserved === 0 && maxUsed === undefined && minFree === undefined) return undefined;
  const excess = (minFree ?? 0) - free;
  const bounds = [
    ...(maxUsed === undefined ? [] : [maxUsed]),
    ...(excess > 0 ? [total - excess] : []),
  ];
  if (bounds.length > 0) return Math.max(Math.min(...bounds), reserved);
  // A guard that is content asks for nothing; a floor alone is what all the rest goes down to.
  return minFree === undefined ? reserved : Number.POSITIVE_INFINITY;
}

const DAY = 24 * 60 * 60 * 1000;
const GB = 1e9;
/** Of what programs fill and nobody looks at. */
const FOLDERS_KEPT = 512e6;

/** Floor, cap and guard where nothing else was said. Source: docker's documentation, build/cache/garbage-collection. */
export function usualBounds(disk: number): Bounds {
  return {
    reserved: Math.min(0.1 * disk, 10 * GB),
    maxUsed: Math.min(0.8 * disk, 100 * GB),
    minFree: 0.2 * disk,
  };
}

/** The four tiers, one after the other. Source: the same page, default policies. */
export function tiers(bounds: Bounds): readonly PruneRule[] {
  const any = (): boolean => true;
  return [
    {
      name: 'cache mounts, git repositories and digests of contexts unused for 48 hours, over 512 MB',
      fits: ({type}) => type !== 'regular' && type !== 'internal',
      all: false,
      unusedFor: 2 * DAY,
      maxUsed: FOLDERS_KEPT,
    },
    {
      name: 'unused for 60 days, over the floor',
      fits: any,
      all: false,
      unusedFor: 60 * DAY,
      reserved: bounds.reserved,
    },
    {name: 'no image has it, over the cap', fits: any, all: false, ...bounds},
    {name: 'over the cap', fits: any, all: true, ...bounds},
  ];
}
