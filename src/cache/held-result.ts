import type {CacheRecord} from './cache-record.js';
import type {EntryUse} from './entries/cache-entry.js';

/** What listing and pruning ask of a result: some of its record, and who uses it. */
export interface HeldResult
  extends Pick<CacheRecord, 'name' | 'parents' | 'createdAt' | 'chainID'> {
  /** False where its root is the one that it stands on. */
  readonly changed: boolean;
  /** The last user first. */
  readonly uses: readonly EntryUse[];
}

export function heldResult(record: CacheRecord, uses: readonly EntryUse[]): HeldResult {
  const {name, parents, createdAt, chainID, content, inputs} = record;
  return {name, parents, createdAt, chainID, changed: content !== inputs[0], uses};
}
