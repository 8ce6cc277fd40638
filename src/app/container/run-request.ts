/** What `run` can be asked for; the shapes are docker's flags. */
import type {BringRequest} from '../registry/bring-image.js';

export interface RunRequest extends BringRequest {
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
  /** `seccomp=…`, `no-new-privileges`. */
  readonly securityOpt?: readonly string[];
  readonly hostname?: string;
  /** OCI runtime to run with, instead of tsbuild's own. */
  readonly runtime?: string;
  /** Directory of the store. */
  readonly root?: string;
}
