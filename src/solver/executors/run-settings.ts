/** What the one who builds gives to RUN steps: in no key, so that a result does not depend on it. */
import type {ResourceLimit} from '../../oci/runtime-spec.js';
import type {ExtraHost} from '../../sandbox/hosts.js';

export interface RunSettings {
  readonly secrets: Secrets;
  readonly agents: Agents;
  /** Of the names an op has, and others that no op knows. */
  readonly hosts: readonly ExtraHost[];
  /** In the place of the usual ones of their type. */
  readonly limits: readonly ResourceLimit[];
  /** Bytes of /dev/shm; docker's 64 MiB without it. */
  readonly shmSize?: number | undefined;
}

/** Port: values for RUN --mount=type=secret. */
export interface Secrets {
  /** Undefined when none of that id was given. */
  read(id: string): Uint8Array | undefined;
}

/** Port: ssh agents for RUN --mount=type=ssh. */
export interface Agents {
  /** Path of a socket that an agent listens on; undefined when none of that id was given. */
  socket(id: string): Promise<string | undefined>;
}
