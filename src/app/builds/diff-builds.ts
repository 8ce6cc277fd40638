/** `builds diff`: what became of each step between two builds: its key, its time, its layer, the files that it wrote. */
import {type Explanation, explain} from '../../cache/explain/explain.js';
import type {BuildRecord, BuildStatus, StepRecord} from '../../history/build-record.js';
import {NoEarlierBuildError} from '../../history/errors.js';
import {instructionOf, pairSteps, type StepPair} from '../../history/pair-steps.js';
import {byPath, compareTrees} from '../../layer/inspect/compare-trees.js';
import type {FileChange} from '../../layer/inspect/file-change.js';
import {FileTree} from '../../layer/inspect/file-tree.js';
import {readLayer} from '../../layer/inspect/read-layer.js';
import type {Digest} from '../../oci/digest.js';
import {imageSize} from '../image/image-size.js';
import {openWorkspace, type Workspace} from '../workspace.js';
import {findBuild} from './builds.js';

export interface BuildDiff {
  readonly before: ComparedBuild;
  readonly after: ComparedBuild;
  /** In the order of the later build; those it has no more stand where they stood. */
  readonly steps: readonly StepDiff[];
}

interface ComparedBuild extends Omit<BuildRecord, 'steps'> {
  readonly status: BuildStatus;
  /** Bytes of the image's layers, while it is here. */
  readonly size: number | undefined;
}

export interface StepDiff extends StepPair {
  readonly change: 'same' | 'added' | 'removed' | 'changed';
  /** What its layer has that the other has not, and the other way round; undefined where a layer is gone. */
  readonly files: readonly FileChange[] | undefined;
  /** Of a step that ran in the later build, while the cache remembers. */
  readonly explanation: Explanation | undefined;
}

/** Builds are found as `inspectBuild` finds them. Without `before`, the one before `after` of the same project. */
export async function diffBuilds(request: {
  readonly before?: string;
  readonly after?: string;
  readonly root?: string;
}): Promise<BuildDiff> {
  await using workspace = await openWorkspace({root: request.root});
  const after = findBuild(request.after, workspace);
  const before =
    request.before === undefined
      ? previousOf(after, workspace)
      : findBuild(request.before, workspace);
  const layers = {before: ownLayers(before), after: ownLayers(after)};
  const steps: StepDiff[] = [];
  for (const pair of pairSteps(before.steps, after.steps)) {
    steps.push({
      ...pair,
      change: changeOf(pair),
      files: await filesOf(pair, layers, workspace),
      explanation: explanationOf(pair, workspace),
    });
  }
  return {before: sideOf(before, workspace), after: sideOf(after, workspace), steps};
}

function previousOf({id, project}: BuildRecord, {history}: Workspace): BuildRecord {
  for (const build of history.list()) if (build.project === project && build.id < id) return build;
  throw new NoEarlierBuildError(id, project);
}

function sideOf({steps: _, ...build}: BuildRecord, workspace: Workspace): ComparedBuild {
  const {store, history} = workspace;
  const image = store.images.list().find(({id}) => id === build.end?.imageID);
  const status = history.status({...build, steps: []});
  return {...build, status, size: image && imageSize(image, workspace)};
}

function changeOf({was, now}: StepPair): StepDiff['change'] {
  if (was === undefined) return 'added';
  if (now === undefined) return 'removed';
  const isSame = was.key === now.key && was.chainID === now.chainID;
  return isSame && instructionOf(was) === instructionOf(now) ? 'same' : 'changed';
}

interface Sides {
  readonly before: ReadonlySet<StepRecord>;
  readonly after: ReadonlySet<StepRecord>;
}

/** Steps that made the root they came to; a base image made no layer, and a step that found all done made none either. */
function ownLayers({steps}: BuildRecord): ReadonlySet<StepRecord> {
  const seen = new Set<Digest>();
  const own = new Set<StepRecord>();
  for (const step of steps) {
    if (step.chainID === undefined || seen.has(step.chainID)) continue;
    seen.add(step.chainID);
    if (step.key !== undefined) own.add(step);
  }
  return own;
}

async function filesOf(
  {was, now}: StepPair,
  {before, after}: Sides,
  workspace: Workspace,
): Promise<readonly FileChange[] | undefined> {
  const layers = {
    was: was && before.has(was) ? was.chainID : undefined,
    now: now && after.has(now) ? now.chainID : undefined,
  };
  if (layers.was === layers.now) return [];
  const trees = {
    before: await layerTree(layers.was, workspace),
    after: await layerTree(layers.now, workspace),
  };
  if (trees.before === undefined || trees.after === undefined) return undefined;
  return [...compareTrees('', trees, {times: false, rewrites: false})].sort(byPath);
}

/** The files of one layer alone; none of no layer. Undefined where it is gone. */
async function layerTree(
  chainID: Digest | undefined,
  {snapshots}: Workspace,
): Promise<FileTree['root'] | undefined> {
  const tree = new FileTree();
  if (chainID === undefined) return tree.root;
  const snapshot = snapshots.find(chainID);
  if (snapshot === undefined) return undefined;
  await readLayer({kind: 'directory', path: snapshot.path}, (file) => tree.add(file));
  return tree.root;
}

function explanationOf({now}: StepPair, {cache}: Workspace): Explanation | undefined {
  const record = now?.result === 'done' && now.key ? cache.find(now.key) : undefined;
  return record && explain(record, cache);
}
