/** What `run` can be asked for; the shapes are docker's flags. */
import type {ResolverOptions} from '../../sandbox/resolv-conf.js';
import type {ProcessOptions} from '../process-options.js';
import type {BringRequest} from '../registry/bring-image.js';

export interface RunRequest extends BringRequest, ProcessOptions {
  /** What follows the image: replaces the image's CMD. */
  readonly args?: readonly string[];
  /** Keep stdin open. */
  readonly interactive?: boolean;
  readonly tty?: boolean;
  /** `KEY=VALUE`, or `KEY` for the environment's value. */
  readonly env?: readonly string[];
  readonly envFiles?: readonly string[];
  readonly workdir?: string;
  /** `user[:group]`. */
  readonly user?: string;
  /** Groups it is in besides, by name or number. */
  readonly groups?: readonly string[];
  /** `source:destination[:options]`. */
  readonly volumes?: readonly string[];
  /** `type=bind|volume|tmpfs,source=…,target=…` */
  readonly mounts?: readonly string[];
  /** `destination[:options]`. */
  readonly tmpfs?: readonly string[];
  readonly readOnly?: boolean;
  readonly entrypoint?: string;
  /** Remove the container when it ends. */
  readonly remove?: boolean;
  readonly name?: string;
  /** `default` and `host` are the host's network; `none` has a loopback device alone; or `container:<id or name>`. */
  readonly network?: string;
  /** Of each kind `private`, `host` or `container:<id or name>`; absent is docker's default. */
  readonly namespaces?: {
    readonly [Kind in 'pid' | 'ipc' | 'uts' | 'user' | 'cgroup']?: string;
  };
  /** Process 1 reaps and forwards signals. */
  readonly init?: boolean;
  readonly capAdd?: readonly string[];
  readonly capDrop?: readonly string[];
  /** All that this process itself may. */
  readonly privileged?: boolean;
  /** `seccomp=…`, `no-new-privileges`. */
  readonly securityOpt?: readonly string[];
  readonly hostname?: string;
  /** Instead of what the machine's /etc/resolv.conf says. */
  readonly dns?: Pick<ResolverOptions, 'servers' | 'search' | 'options'>;
  /** Signals to this process reach the container's, and do not end it; true unless said. */
  readonly signalProxy?: boolean;
  /** File to write the container's id to, which must not be there. */
  readonly idFile?: string;
  /** OCI runtime to run with, instead of tsbuild's own. */
  readonly runtime?: string;
  /** Directory of the store. */
  readonly root?: string;
}
