/** Whether a snapshot's files are those that its record tells of, by reading them. */
import type {LayerSummary} from '../layer/layer-summary.js';
import {summarizeLayer} from '../layer/offload.js';
import type {Snapshot} from './snapshotter.js';

/** But for times. */
export const isSummaryOf = ({diffID, contentDigest}: Snapshot, found: LayerSummary): boolean =>
  found.diffID === diffID || found.contentDigest === contentDigest;

/** It came as another tool's tar, which its files do not give again. */
export const isForeign = ({
  contentDigest,
  diffID,
}: Pick<Snapshot, 'contentDigest' | 'diffID'>): boolean => contentDigest === diffID;

/** False also of one that cannot be read. */
export async function readsAsRecorded(snapshot: Snapshot): Promise<boolean> {
  try {
    return isSummaryOf(snapshot, await summarizeLayer(snapshot.path));
  } catch {
    return false;
  }
}
