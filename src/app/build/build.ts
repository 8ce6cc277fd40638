/** `build`: a Dockerfile and its context → an image in the store. */
import {explain} from '../../cache/explain/explain.js';
import type {ResultCache} from '../../cache/result-cache.js';
import type {BuildResult} from '../../export/exporter.js';
import type {BuildDefinition} from '../../frontend/build-definition.js';
import {lower} from '../../frontend/lower.js';
import {selectTree} from '../../layer/select.js';
import type {Digest} from '../../oci/digest.js';
import {familiarReference, parseReference, type Reference} from '../../oci/reference.js';
import type {SolveEvent} from '../../solver/events.js';
import {solve} from '../../solver/solve.js';
import type {Solved} from '../../solver/solved.js';
import {inStore} from '../../store/full-disk.js';
import type {BuildContext} from '../context/build-context.js';
import type {Dockerfile} from '../context/dockerfile.js';
import {patternsOf} from '../context/ignore-file.js';
import {LintViolationError} from '../errors.js';
import {imageSource} from '../registry/image-source.js';
import {settle, type Workspace} from '../workspace.js';
import {parseAnnotation} from './annotation-option.js';
import {buildExecutor, type Defining} from './build-executor.js';
import {buildOutputs, checkEpochs, checkPushes} from './build-outputs.js';
import {recordBuild} from './build-recorder.js';
import {type BuildObserver, type BuildRequest, projectOf} from './build-request.js';
import {collectAfterBuild, policyAfterBuild} from './collect-after-build.js';
import {type BuiltImage, exportBuild, prepareTold} from './export-build.js';
import {lowerInput} from './lower-input.js';
import {openBuild} from './open-build.js';
import {type CachePlaces, cachePlaces} from './shared-cache/cache-option.js';
import {exportCaches, resultsOfImage} from './shared-cache/export-caches.js';
import {type ImportedCaches, importCaches} from './shared-cache/import-caches.js';
import {stepOrigins} from './step-origins.js';
import {StepReporter} from './step-reporter.js';

export async function buildImage(
  request: BuildRequest,
  observer: BuildObserver,
): Promise<BuiltImage> {
  const names = (request.tags ?? []).map(parseReference);
  const annotations = (request.annotations ?? []).flatMap(parseAnnotation);
  const outputs = buildOutputs(request.outputs ?? [], annotations);
  checkPushes(outputs, names);
  const caches = cachePlaces(request);
  prepareTold(request, outputs);
  const {onEvent, signal} = observer;
  const onSource = (dockerfile: Dockerfile) => onEvent({kind: 'source', dockerfile});
  return openBuild(request, {onSource, signal}, (opened) => {
    const {context, workspace} = opened;
    const about = {
      project: projectOf(request, context),
      tags: names.map(familiarReference),
      context: context.directory,
      dockerfile: context.dockerfile.name,
      target: request.target,
    };
    return recordBuild(about, {workspace, observer}, async ({id, observer: recorded}) => {
      await using images = imageSource(opened, request, recorded);
      const exporting = {request, id, names, outputs, caches, images, observer: recorded};
      return await buildIn({...opened, ...exporting});
    });
  });
}

interface Exporting extends Building {
  /** That the build is listed under. */
  readonly id: string;
  readonly names: readonly Reference[];
  readonly outputs: ReturnType<typeof buildOutputs>;
  readonly caches: CachePlaces;
}

async function buildIn(building: Exporting): Promise<BuiltImage> {
  const {request, id, names, outputs, caches, context, workspace, images, observer} = building;
  const {signal} = observer;
  const warn = (message: string) => observer.onEvent({kind: 'warning', message});
  const sharing = {workspace, images, warn, signal};
  const [definition, imported, policy] = await Promise.all([
    lowerInput(request, building).then(lower),
    importCaches(caches.from, sharing),
    policyAfterBuild(request),
  ]);
  observer.onEvent({
    kind: 'loaded',
    dockerfile: context.dockerfile,
    contextBytes: observer.measureContext ? contextBytes(context, workspace) : undefined,
    steps: definition.steps,
    warnings: definition.warnings,
  });
  const {epoch} = definition;
  checkEpochs(outputs, epoch);
  if (definition.violations.length > 0) throw new LintViolationError(definition.violations);
  const leavesStore = outputs.some(({destination}) => destination !== undefined);
  const solved = await inStore(workspace.store.paths.root, () =>
    solveDefinition(definition, {...building, imported, leavesStore}),
  );
  const built = {target: definition.target, solved};
  const inlined = caches.isInlined ? resultsOfImage(built, workspace) : undefined;
  const result = {definition, names, inlined, epoch, ...partsOf(workspace, solved), signal};
  const image = await exportBuild(result, {
    outputs,
    push: images.push,
    told: request,
    build: id,
    onEvent: observer.onEvent,
  });
  await exportCaches(caches.to, built, {...sharing, layers: imported.layers});
  settle(workspace);
  await collectAfterBuild(workspace, solved, policy);
  return image;
}

function partsOf(
  {store, snapshots}: Workspace,
  solved: ReadonlyMap<Digest, Solved>,
): Pick<BuildResult, 'store' | 'snapshots' | 'rootOf'> {
  const rootOf: BuildResult['rootOf'] = ({id}) => {
    const chainID = solved.get(id)?.chainID;
    return chainID && snapshots.find(chainID);
  };
  return {store, snapshots, rootOf};
}

/** What is hashed for it is remembered, so the COPY that reads the same files does not hash them again. */
function contextBytes({directory, ignore}: BuildContext, workspace: Workspace): number {
  const {statCache} = workspace.store.paths;
  const patterns = patternsOf(ignore);
  return selectTree({root: directory, sources: ['.'], ignore: patterns, owner: 'root', statCache})
    .bytes;
}

interface Building extends Defining {
  readonly request: BuildRequest;
  readonly observer: BuildObserver;
}

interface Solving extends Building {
  readonly imported: ImportedCaches;
  /** Whether files of the result are written elsewhere. */
  readonly leavesStore: boolean;
}

async function solveDefinition(
  definition: BuildDefinition,
  solving: Solving,
): Promise<ReadonlyMap<Digest, Solved>> {
  const {request, context, workspace, imported, observer} = solving;
  const {snapshots, cache} = workspace;
  const executor = buildExecutor(definition, {...solving, layers: imported.layers});
  const steps = new StepReporter(definition, snapshots);
  return solve({
    targets: definition.target ? [definition.target] : [],
    executor,
    cache,
    imported: imported.results,
    fresh: ({id}) => request.noCache === true || definition.fresh.has(id),
    originOf: stepOrigins(definition.steps, projectOf(request, context)),
    jobs: request.jobs,
    // The classic transcript has the id of the image after each step, which its layers tell.
    opensAll: observer.reportSteps,
    checksTargets: solving.leavesStore,
    signal: observer.signal,
    onDiscarded: ({message}) =>
      observer.onEvent({kind: 'warning', message: `${message}; what made them runs again`}),
    onEvent: (event) => {
      observer.onEvent(event);
      if (event.kind === 'recorded' && observer.explainSteps) explainStep(event, cache, observer);
      if (event.kind !== 'finished' || !observer.reportSteps) return;
      for (const step of steps.after(event)) observer.onEvent(step);
    },
  });
}

function explainStep(
  {vertex, key}: Extract<SolveEvent, {kind: 'recorded'}>,
  cache: ResultCache,
  {onEvent}: BuildObserver,
): void {
  const record = cache.find(key);
  if (record) onEvent({kind: 'explained', vertex, explanation: explain(record, cache)});
}
