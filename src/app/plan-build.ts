/** `build --plan`: what a build would take from the cache, run and pull, without doing it. */
import type {Explanation} from '../cache/explain/explain.js';
import {lower} from '../frontend/lower.js';
import type {ImageOp} from '../graph/op.js';
import type {Vertex} from '../graph/vertex.js';
import type {Digest} from '../oci/digest.js';
import {missingLayerBytes} from '../solver/executors/image-root.js';
import {type PlannedStep, planGraph} from '../solver/plan.js';
import {type BuildRequest, lowerInput, projectOf} from './build.js';
import {buildExecutor, type Defining} from './build-executor.js';
import {LintViolationError} from './errors.js';
import {type OpenObserver, openBuild} from './open-build.js';
import {imageSource} from './registry/image-source.js';
import {stepOrigins} from './step-origins.js';

export interface StepPlan {
  /** As progress shows it. */
  readonly name: string;
  readonly lines?: Vertex['lines'];
  /** An unknown step runs or hits by what the steps in `decidedBy` make. */
  readonly outlook: 'HIT' | 'MISS' | 'UNKNOWN';
  /** Of the result that will be taken. */
  readonly key?: Digest;
  /** Why it runs. */
  readonly explanation?: Explanation;
  readonly decidedBy?: readonly string[];
  /** How long the result taken, or the one most alike, took to make, in milliseconds. */
  readonly duration?: number;
}

export interface BuildPlan {
  /** In the order in which inputs come before what needs them; base images are left out. */
  readonly steps: readonly StepPlan[];
  /** Bytes of layers that are not here, and that steps which may run stand on. */
  readonly pullBytes: number;
}

/** The same as a build with the same request would do next, unless something changes between. */
export function planBuild(request: BuildRequest, observer: OpenObserver): Promise<BuildPlan> {
  const {signal} = observer;
  return openBuild(request, observer, async (opened) => {
    await using images = imageSource(opened, request, {signal});
    const defining = {...opened, images};
    const definition = await lower(await lowerInput(request, defining));
    if (definition.violations.length > 0) throw new LintViolationError(definition.violations);
    const steps = await planGraph({
      targets: definition.target ? [definition.target] : [],
      executor: buildExecutor(definition, {request, ...defining, layers: images.layers}),
      cache: defining.workspace.cache,
      fresh: ({id}) => request.noCache === true || definition.fresh.has(id),
      originOf: stepOrigins(definition.steps, projectOf(request, defining.context)),
      signal,
    });
    const bases = basesOf(definition.target, steps);
    return {steps: steps.flatMap(toldStep), pullBytes: pullBytes(bases, defining)};
  });
}

function toldStep({vertex, outlook}: PlannedStep): StepPlan[] {
  const {name, lines} = vertex;
  const step = {name, ...(lines && {lines})};
  switch (outlook.kind) {
    case 'image':
      return [];
    case 'hit': {
      const {key, duration} = outlook.record;
      return [{...step, outlook: 'HIT', key, duration}];
    }
    case 'miss': {
      const {explanation, candidate} = outlook;
      return [{...step, outlook: 'MISS', explanation, ...(candidate && durationOf(candidate))}];
    }
    case 'unknown': {
      const {candidate} = outlook;
      const decidedBy = outlook.decidedBy.map((each) => each.name);
      return [{...step, outlook: 'UNKNOWN', decidedBy, ...(candidate && durationOf(candidate))}];
    }
  }
}

const durationOf = ({duration}: {readonly duration: number}) => ({duration});

/** The images whose layers are needed: a build unpacks those of its target, and of what may run on them. */
function basesOf(target: Vertex | null, steps: readonly PlannedStep[]): readonly ImageOp[] {
  const running = steps.filter(
    ({outlook}) => outlook.kind === 'miss' || outlook.kind === 'unknown',
  );
  const needed = [target, ...running.flatMap(({vertex}) => vertex.inputs)];
  const images = needed.flatMap((vertex) =>
    vertex?.op.kind === 'image' ? [[vertex.id, vertex.op] as const] : [],
  );
  return [...new Map(images).values()];
}

function pullBytes(bases: readonly ImageOp[], {workspace}: Pick<Defining, 'workspace'>): number {
  return bases.reduce((sum, op) => sum + missingLayerBytes(op, workspace), 0);
}
