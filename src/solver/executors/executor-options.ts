import type {Ingest} from '../../content/ingest.js';
import type {Snapshotter} from '../../snapshot/snapshotter.js';
import type {Store} from '../../store/store.js';

/** What carrying out ops takes, the same for every op of a build. */
export interface ExecutorOptions {
  readonly store: Store;
  readonly ingest: Ingest;
  readonly snapshots: Snapshotter;
  /** Folder of the store for sandbox foundations. */
  readonly foundations: string;
  readonly context: {
    /** Absolute. */
    readonly directory: string;
    readonly ignore: readonly string[];
    /** File that remembers the digests of unchanged files. */
    readonly statCache: string;
  };
  /** `NAME=value` for every RUN, in no key and no history: proxies. */
  readonly proxyEnv: readonly string[];
  /** PEM file of authorities that RUN steps trust besides the public ones. */
  readonly caCert: string | undefined;
  /** An OCI runtime to run steps with, instead of the launcher. */
  readonly runtime: string | undefined;
}
