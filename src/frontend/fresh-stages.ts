import type {Stage} from '../dockerfile/stages.js';
import type {Vertex} from '../graph/vertex.js';
import type {Digest} from '../oci/digest.js';
import type {StageStep} from './lower-stage.js';
import type {ReachedStage} from './stage-graph.js';
import type {StageNames} from './stage-names.js';

export interface LoweredStages {
  readonly names: StageNames;
  readonly reached: readonly ReachedStage[];
  readonly stages: ReadonlyMap<Stage, readonly StageStep[]>;
}

/**
 * The vertices that stages add to what they stand on: those that --no-cache-filter runs afresh. A stage that the target does
 * not need has none.
 *
 * Throws TargetNotFoundError for a name of no stage.
 */
export function freshVertices(
  filters: readonly string[],
  {names, reached, stages}: LoweredStages,
): ReadonlySet<Digest> {
  const wanted = new Set(filters.map((filter) => names.target(filter)));
  const fresh = new Set<Digest>();
  for (const {stage, base} of reached) {
    if (!wanted.has(stage)) continue;
    const below = base.kind === 'stage' ? rootOf(stages.get(base.stage)) : null;
    let vertex = rootOf(stages.get(stage));
    while (vertex !== null && vertex !== below) {
      fresh.add(vertex.id);
      const linked = vertex.op.kind === 'merge' ? vertex.inputs[1] : undefined;
      if (linked) fresh.add(linked.id);
      vertex = vertex.inputs[0] ?? null;
    }
  }
  return fresh;
}

const rootOf = (steps: readonly StageStep[] | undefined): Vertex | null =>
  steps?.at(-1)?.state.root ?? null;
