import {summarize} from '../../layer/summarize.js';
import type {Snapshot} from '../../snapshot/snapshotter.js';

/**
 * Whether a snapshot that a power cut may have torn is whole: its directory gives the tar it was recorded with.
 *
 * A layer that came as a tar of another tool has that tool's diffID, which no walk gives again: it is unpacked anew.
 */
export const verifySnapshot = (snapshot: Snapshot): boolean => {
  try {
    return summarize(snapshot.path).diffID === snapshot.diffID;
  } catch {
    return false;
  }
};
