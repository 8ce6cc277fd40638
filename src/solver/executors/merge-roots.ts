/** COPY --link: a layer that was made on the empty root, put on another without copying a byte. */
import {Bug} from '../../base/bug.js';
import {linkLayer} from '../../layer/offload.js';
import type {Snapshot, Snapshotter} from '../../snapshot/snapshotter.js';
import type {Root} from '../executor.js';

export async function mergeRoots(
  onto: Root,
  layer: Root,
  snapshots: Snapshotter,
): Promise<Snapshot> {
  if (layer === undefined || layer.parent !== undefined) throw new Bug('one layer is merged');
  const draft = snapshots.prepare(onto);
  try {
    await linkLayer(layer.path, draft.upper);
    return draft.commit(layer);
  } finally {
    draft.discard();
  }
}
