/** What a step's keys are made of: the same for building a step as for telling beforehand whether it will run. */
import {definitionKey, type KeyInputs} from '../cache/cache-key.js';
import type {Vertex} from '../graph/vertex.js';
import type {Digest} from '../oci/digest.js';
import type {ExecutionContext, Executor, PinnedSource, Selection} from './executor.js';
import {consumedByRun} from './mounted-content.js';
import type {Solved} from './solved.js';

/** A vertex with all that is known of its inputs. */
export interface KeyedStep {
  readonly vertex: Vertex;
  readonly inputs: readonly (Pick<Solved, 'content' | 'open'> | undefined)[];
  readonly executor: Pick<Executor, 'select' | 'selectMounted'>;
}

export type Known = Selection | PinnedSource | undefined;

interface OutsideStep {
  readonly vertex: Vertex;
  readonly executor: Pick<Executor, 'select' | 'pin'>;
  readonly context: ExecutionContext;
}

/** Of what needs no other step: files of a context, or of the network. */
export async function selectFromOutside({
  vertex: {op},
  executor,
  context,
}: OutsideStep): Promise<Known> {
  if (op.kind === 'http' || op.kind === 'git') return executor.pin(op, context);
  return op.kind === 'copy' && op.from === 'context' ? executor.select(op, undefined) : undefined;
}

/** Of a copy from another root. */
export async function selectFromInput({
  vertex: {op},
  inputs,
  executor,
}: KeyedStep): Promise<Selection | undefined> {
  if (op.kind !== 'copy' || op.from !== 'input') return undefined;
  return executor.select(op, await inputs[1]?.open());
}

export const definitionOf = (
  {op}: Vertex,
  inputs: readonly (Pick<Solved, 'definition'> | undefined)[],
  selection: Selection | undefined,
): Digest =>
  definitionKey(op, {
    inputs: inputs.map((input) => input?.definition ?? null),
    selection: selection?.digest,
  });

/** A copy reads of its source only what it selects, so the source's content stays out. */
export async function consumedContent(
  step: KeyedStep,
  selection: Selection | undefined,
): Promise<KeyInputs> {
  const {op} = step.vertex;
  if (op.kind === 'run') return {inputs: await consumedByRun(op, step)};
  const read = op.kind === 'copy' ? step.inputs.slice(0, 1) : step.inputs;
  return {inputs: read.map((input) => input?.content ?? null), selection: selection?.digest};
}
