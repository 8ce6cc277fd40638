import type {BuildDefinition} from '../../frontend/build-definition.js';
import type {Vertex} from '../../graph/vertex.js';
import type {Digest} from '../../oci/digest.js';
import type {BuildResult} from '../exporter.js';
import {intermediateID} from './assemble.js';
import {stackOf} from './stack-of.js';

/** The classic builder's id after a step whose vertex is solved. Nothing is stored. */
export function stepID(
  {state, vertex}: BuildDefinition['steps'][number],
  result: Pick<BuildResult, 'snapshots' | 'rootOf' | 'epoch'>,
): Digest {
  const depthOf = (each: Vertex): number => stackOf(each, result).length;
  return intermediateID(state, {stack: stackOf(vertex, result), depthOf, epoch: result.epoch});
}
