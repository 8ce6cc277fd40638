/** `build --call`: what can be told of a build without building it. Nothing is unpacked, run or written. */
import {type Checked, checkDockerfile} from '../frontend/call/check.js';
import {type Outline, outline} from '../frontend/call/outline.js';
import {listTargets, type Target} from '../frontend/call/targets.js';
import type {LowerInput} from '../frontend/lower.js';
import {type BuildRequest, lowerInput} from './build.js';
import type {Defining} from './build-executor.js';
import {openBuildContext} from './context/build-context.js';
import {namedContexts} from './context/named-contexts.js';
import {LintViolationError} from './errors.js';
import {imageSource} from './registry/image-source.js';
import {openRemotes} from './remotes/open-remotes.js';
import {runSettings} from './run-options/run-options.js';
import {openWorkspace} from './workspace.js';

interface Dockerfile {
  readonly name: string;
  readonly text: string;
}

/** Called when the Dockerfile is read, not yet understood. */
export type OnSource = (dockerfile: Dockerfile) => void;

/** `Told` is what was asked for. */
export interface Call<Told> {
  readonly dockerfile: Dockerfile;
  readonly told: Told;
}

/** A failure to build is part of what is told. */
export const checkBuild = (request: BuildRequest, onSource: OnSource): Promise<Call<Checked>> =>
  ask({request, onSource}, async (input) => {
    const checked = await checkDockerfile(input);
    const {violations, failure} = checked;
    if (violations.length === 0 || failure !== undefined) return checked;
    return {...checked, failure: new LintViolationError(violations)};
  });

export const outlineBuild = (request: BuildRequest, onSource: OnSource): Promise<Call<Outline>> =>
  ask({request, onSource}, outline);

export const listBuildTargets = (
  request: BuildRequest,
  onSource: OnSource,
): Promise<Call<readonly Target[]>> =>
  ask({request, onSource}, async ({text}) => listTargets(text));

const ask = <Told>(
  {request, onSource}: Asking,
  tell: (input: LowerInput) => Promise<Told>,
): Promise<Call<Told>> =>
  openBuild({request, onSource}, (defining) => tell(lowerInput(request, defining)));

interface Asking {
  readonly request: BuildRequest;
  readonly onSource: OnSource;
}

/** Opens all that a build is defined with, for as long as `tell` takes. */
export async function openBuild<Told>(
  {request, onSource}: Asking,
  tell: (defining: Defining) => Promise<Told>,
): Promise<Call<Told>> {
  await using runs = runSettings(request, process.env);
  const named = namedContexts(request.buildContexts ?? []);
  await using workspace = await openWorkspace({root: request.root});
  const {store} = workspace;
  const contexts = [request.context, ...named.addresses];
  await using remotes = openRemotes({store, runs, env: process.env, contexts});
  const {signal} = new AbortController();
  const place = {ingest: store.ingest, stdin: process.stdin, remotes, signal};
  const context = await openBuildContext(request, place);
  onSource(context.dockerfile);
  await using images = imageSource(workspace, request);
  const told = await tell({context, named, workspace, runs, remotes, images});
  return {dockerfile: context.dockerfile, told};
}
