/** Where each vertex stands in its Dockerfile, so that an edited instruction finds its earlier self. */
import type {StepOrigin} from '../../cache/cache-record.js';
import type {BuildStep} from '../../frontend/build-definition.js';
import type {Vertex} from '../../graph/vertex.js';
import type {Digest} from '../../oci/digest.js';

/** A vertex that no instruction owns stands where its name says. */
export function stepOrigins(
  steps: readonly BuildStep[],
  project: string,
): (vertex: Vertex) => StepOrigin {
  const places = new Map<Digest, string>();
  const counts = new Map<string, number>();
  for (const {stage, text, vertex, owns} of steps) {
    const kind = `${stage} ${/^\S*/.exec(text)?.[0]}`;
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    if (vertex && owns && !places.has(vertex.id)) places.set(vertex.id, `${kind} ${count}`);
  }
  return ({id, name}) => ({project, place: places.get(id) ?? name});
}
