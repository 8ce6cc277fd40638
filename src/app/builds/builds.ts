/** `builds`, `builds inspect`, `builds rm`, `logs`: what is known of builds that were made. */
import type {Readable} from 'node:stream';
import type {BuildHistory} from '../../history/build-history.js';
import type {BuildRecord, BuildStatus, StepRecord} from '../../history/build-record.js';
import {NoSuchStepError} from '../../history/errors.js';
import {parseReference} from '../../oci/reference.js';
import {openWorkspace, type Workspace} from '../workspace.js';

export interface BuildSummary extends BuildRecord {
  readonly status: BuildStatus;
}

interface Request {
  readonly root?: string;
}

/** Newest first. */
export async function listBuilds(
  request: Request & {project?: string} = {},
): Promise<readonly BuildSummary[]> {
  await using workspace = await openWorkspace({root: request.root});
  const {history} = workspace;
  return [...history.list()]
    .filter(({project}) => request.project === undefined || project === request.project)
    .map((record) => ({...record, status: history.status(record)}));
}

/** `build` is an id, the start of one, or an image; without it, the newest build. */
export async function inspectBuild(request: Request & {build?: string}): Promise<BuildSummary> {
  await using workspace = await openWorkspace({root: request.root});
  const record = findBuild(request.build, workspace);
  return {...record, status: workspace.history.status(record)};
}

export async function removeBuilds(
  request: Request & {builds: readonly string[]},
): Promise<readonly string[]> {
  await using workspace = await openWorkspace({root: request.root});
  const ids = request.builds.map((build) => findBuild(build, workspace).id);
  for (const id of ids) workspace.history.remove(id);
  return ids;
}

export interface StepLog {
  readonly step: StepRecord;
  /** Every byte the step wrote. */
  readonly bytes: Readable;
}

/** Of one step, by its number or the start of its instruction; or of all that said something, in order. */
export async function* buildLogs(
  request: Request & {build?: string; step?: string},
): AsyncGenerator<StepLog, void, undefined> {
  await using workspace = await openWorkspace({root: request.root});
  const build = findBuild(request.build, workspace);
  const steps = request.step === undefined ? build.steps : [findStep(build, request.step)];
  for (const step of steps) {
    if (step.logged > 0) yield {step, bytes: workspace.history.log(build.id, step.number)};
  }
}

function findStep({id, steps}: BuildRecord, wanted: string): StepRecord {
  const instruction = ({name}: StepRecord) => name.replace(/^\[[^\]]*\] /, '');
  const found =
    steps.find(({number}) => String(number) === wanted) ??
    steps.find((step) => instruction(step).toLowerCase().startsWith(wanted.toLowerCase()));
  if (!found) throw new NoSuchStepError(wanted, id);
  return found;
}

export function findBuild(
  query: string | undefined,
  {history, store}: {history: BuildHistory; store: Workspace['store']},
): BuildRecord {
  const image = query === undefined ? undefined : imageIDOf(query, store);
  return history.find(query, ({end}) => image !== undefined && end?.imageID === image);
}

function imageIDOf(query: string, {images}: Workspace['store']): string | undefined {
  try {
    parseReference(query);
    return images.find(query).id;
  } catch {
    return undefined;
  }
}
