/** The executor of one build: where its ops find files, and what its RUN steps are given. */
import type {BuildDefinition} from '../../frontend/build-definition.js';
import type {LayerSource} from '../../snapshot/unpack-image.js';
import type {Remotes} from '../../solver/executors/executor-options.js';
import {LayerExecutor} from '../../solver/executors/layer-executor.js';
import type {RunSettings} from '../../solver/executors/run-settings.js';
import {CacheMounts} from '../../store/cache-mounts.js';
import type {BuildContext} from '../context/build-context.js';
import {patternsOf} from '../context/ignore-file.js';
import type {NamedContexts} from '../context/named-contexts.js';
import type {ImageSource} from '../registry/image-source.js';
import type {Workspace} from '../workspace.js';

/** What a request is defined, and carried out, with. */
export interface Defining {
  readonly context: BuildContext;
  readonly named: NamedContexts;
  readonly workspace: Workspace;
  readonly runs: RunSettings;
  readonly remotes: Remotes;
  readonly images: ImageSource;
}

interface Requested {
  readonly normalizeModes?: boolean;
  readonly caCert?: string;
  readonly runtime?: string;
}

interface Executing extends Omit<Defining, 'images'> {
  readonly request: Requested;
  /** Of images, and of what was imported. */
  readonly layers: LayerSource;
}

export function buildExecutor(
  {proxyEnv}: Pick<BuildDefinition, 'proxyEnv'>,
  {request, context, named, workspace, runs, remotes, layers}: Executing,
): LayerExecutor {
  const {store, snapshots, foundations} = workspace;
  return new LayerExecutor({
    store,
    ingest: store.ingest,
    snapshots,
    layers,
    foundations,
    context: {directory: context.directory, ignore: patternsOf(context.ignore)},
    namedContexts: named.directories,
    contextModes: request.normalizeModes ? 'git' : 'found',
    statCache: store.paths.statCache,
    cacheMounts: new CacheMounts(store.paths.mounts, store.ingest),
    remotes,
    runs,
    proxyEnv,
    caCert: request.caCert,
    runtime: request.runtime,
  });
}
