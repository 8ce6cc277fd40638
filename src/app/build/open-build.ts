/** Opens all that a build is defined with but its images: the store, the network as its sources see it, the context. */
import {type ContextRequest, openBuildContext} from '../context/build-context.js';
import type {Dockerfile} from '../context/dockerfile.js';
import {namedContexts} from '../context/named-contexts.js';
import {isOffline} from '../machine/offline.js';
import type {RegistryAccess} from '../registry/open-registries.js';
import {openRemotes} from '../remotes/open-remotes.js';
import {openWorkspace} from '../workspace.js';
import type {Defining} from './build-executor.js';
import {type RunOptions, runSettings} from './run-options/run-options.js';

interface OpenRequest extends RunOptions, ContextRequest, Pick<RegistryAccess, 'offline'> {
  readonly buildContexts?: readonly string[];
  readonly root?: string;
}

export interface OpenObserver {
  /** Called when the Dockerfile is read, not yet understood. */
  readonly onSource: (dockerfile: Dockerfile) => void;
  readonly signal: AbortSignal;
}

/** All is open for as long as `act` takes. */
export async function openBuild<Out>(
  request: OpenRequest,
  {onSource, signal}: OpenObserver,
  act: (opened: Omit<Defining, 'images'>) => Promise<Out>,
): Promise<Out> {
  const {env, stdin} = process;
  await using runs = runSettings(request, env);
  const named = namedContexts(request.buildContexts ?? []);
  await using workspace = await openWorkspace({root: request.root});
  const {store} = workspace;
  const contexts = [request.context, ...named.addresses];
  const offline = isOffline(request, env);
  await using remotes = openRemotes({store, runs, env, contexts, offline});
  const context = await openBuildContext(request, {ingest: store.ingest, stdin, remotes, signal});
  onSource(context.dockerfile);
  return await act({context, named, workspace, runs, remotes});
}
