import type {Vertex} from '../../graph/vertex.js';
import type {Snapshot} from '../../snapshot/snapshotter.js';
import type {BuildResult} from '../exporter.js';

/** The layers of a vertex's root, base first. */
export function stackOf(
  vertex: Vertex | null,
  {snapshots, rootOf}: Pick<BuildResult, 'snapshots' | 'rootOf'>,
): readonly Snapshot[] {
  const root = vertex === null ? undefined : rootOf(vertex);
  return root === undefined ? [] : snapshots.stack(root);
}
