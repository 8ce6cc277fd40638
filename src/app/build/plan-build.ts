/** `build --plan`: what a build would take from the cache, run and pull, without doing it. */
import type {Explanation} from '../../cache/explain/explain.js';
import {lower} from '../../frontend/lower.js';
import type {Vertex} from '../../graph/vertex.js';
import type {Digest} from '../../oci/digest.js';
import {type PlannedStep, planGraph} from '../../solver/plan.js';
import {LintViolationError} from '../errors.js';
import {imageSource} from '../registry/image-source.js';
import {buildExecutor} from './build-executor.js';
import {type BuildRequest, projectOf} from './build-request.js';
import {lowerInput} from './lower-input.js';
import {type OpenObserver, openBuild} from './open-build.js';
import {plannedPulls} from './plan-pulls.js';
import {cachePlaces} from './shared-cache/cache-option.js';
import {importCaches} from './shared-cache/import-caches.js';
import {stepOrigins} from './step-origins.js';

export interface StepPlan {
  /** As progress shows it. */
  readonly name: string;
  readonly lines?: Vertex['lines'];
  /** An unknown step runs or hits by what the steps in `decidedBy` make. */
  readonly outlook: 'HIT' | 'MISS' | 'UNKNOWN';
  /** Of the result that will be taken; absent where a later step's is, which it would only serve. */
  readonly key?: Digest;
  /** The shared cache it will be taken from. */
  readonly from?: string;
  /** Why it runs. */
  readonly explanation?: Explanation;
  readonly decidedBy?: readonly string[];
  /** How long the result taken, or the one most alike, took to make, in milliseconds. */
  readonly duration?: number;
}

export interface BuildPlan {
  /** In the order in which inputs come before what needs them; base images are left out. */
  readonly steps: readonly StepPlan[];
  /** Bytes of layers that are not here: see plan-pulls.ts. */
  readonly pullBytes: number;
}

export interface PlanObserver extends OpenObserver {
  /** Told of what the plan goes on without. */
  readonly warn: (message: string) => void;
}

/** The same as a build with the same request would do next, unless something changes between. */
export function planBuild(request: BuildRequest, observer: PlanObserver): Promise<BuildPlan> {
  const {signal, warn} = observer;
  return openBuild(request, observer, async (opened) => {
    await using images = imageSource(opened, request, {signal});
    const defining = {...opened, images};
    const {workspace, context} = opened;
    const [definition, {results: imported, layers}] = await Promise.all([
      lowerInput(request, defining).then(lower),
      importCaches(cachePlaces(request).from, {workspace, images, warn}),
    ]);
    if (definition.violations.length > 0) throw new LintViolationError(definition.violations);
    const steps = await planGraph({
      targets: definition.target ? [definition.target] : [],
      executor: buildExecutor(definition, {request, ...defining, layers}),
      cache: workspace.cache,
      imported,
      fresh: ({id}) => request.noCache === true || definition.fresh.has(id),
      originOf: stepOrigins(definition.steps, projectOf(request, context)),
      signal,
    });
    const pullBytes = plannedPulls(definition.target, steps, workspace);
    return {steps: steps.flatMap(toldStep), pullBytes};
  });
}

function toldStep({vertex, outlook}: PlannedStep): StepPlan[] {
  const {name, lines} = vertex;
  const step = {name, ...(lines && {lines})};
  switch (outlook.kind) {
    case 'image':
      return [];
    case 'hit': {
      const {result, imported} = outlook;
      const {key, duration} = result;
      return [{...step, outlook: 'HIT', key, duration, ...(imported && {from: imported.from})}];
    }
    case 'unneeded':
      return [{...step, outlook: 'HIT'}];
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
