import {invariant} from '../../base/bug.js';
import type {Ingest} from '../../content/ingest.js';
import type {GitRepository} from '../../remote/git/git-repository.js';
import type {RemoteFiles} from '../../remote/http/remote-files.js';
import type {Snapshotter} from '../../snapshot/snapshotter.js';
import type {LayerSource} from '../../snapshot/unpack-image.js';
import type {CacheMounts} from '../../store/cache-mounts.js';
import type {Store} from '../../store/store.js';
import type {RunSettings} from './run-settings.js';

/** Files of this machine that a build may read. */
export interface ContextDirectory {
  /** Absolute. */
  readonly directory: string;
  readonly ignore: readonly string[];
}

/** Sources over the network. */
export interface Remotes {
  readonly files: Pick<RemoteFiles, 'pin' | 'fetch'>;
  /** The repository that is kept for a remote. */
  repository(remote: string, signal: AbortSignal): Promise<GitRepository>;
}

/** What carrying out ops takes, the same for every op of a build. */
export interface ExecutorOptions {
  readonly store: Store;
  readonly ingest: Ingest;
  readonly snapshots: Snapshotter;
  /** Of images that are in the store; a layer may have to be brought. */
  readonly layers: LayerSource;
  /** Folder of the store for sandbox foundations. */
  readonly foundations: string;
  readonly context: ContextDirectory;
  /** By the name a COPY has for them. */
  readonly namedContexts: ReadonlyMap<string, ContextDirectory>;
  /** Of files from contexts: as they are found, or as git would have them. */
  readonly contextModes: 'found' | 'git';
  /** File that remembers the digests of unchanged files. */
  readonly statCache: string;
  readonly cacheMounts: CacheMounts;
  readonly remotes: Remotes;
  readonly runs: RunSettings;
  /** `NAME=value` for every RUN, in no key and no history: proxies. */
  readonly proxyEnv: readonly string[];
  /** PEM file of authorities that RUN steps trust besides the public ones. */
  readonly caCert: string | undefined;
  /** An OCI runtime to run steps with, instead of the launcher. */
  readonly runtime: string | undefined;
}

/** The context an op names; without a name the build's own. */
export function contextOf(
  name: string | undefined,
  {context, namedContexts}: Pick<ExecutorOptions, 'context' | 'namedContexts'>,
): ContextDirectory {
  const found = name === undefined ? context : namedContexts.get(name);
  invariant(found !== undefined, `no context ${name}`);
  return found;
}
