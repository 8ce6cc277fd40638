/** What RUN --mount puts into the sandbox. Targets are absolute; of equal ones the last is seen. */

export type RunMount = BindMount | CacheMount | TemporaryMount | SecretMount | AgentMount;

/** Whose files a mount shows: a path of the root of an input. */
export interface MountedSource {
  /** Index among the vertex's inputs. */
  readonly input: number;
  /** Absolute in that root. */
  readonly path: string;
}

export interface BindMount {
  readonly type: 'bind';
  readonly target: string;
  readonly source: MountedSource;
  /** What is written to a writable one is gone afterwards. */
  readonly readonly: boolean;
}

/** A directory of this machine that is there again at the next build. */
export interface CacheMount {
  readonly type: 'cache';
  readonly target: string;
  readonly id: string;
  readonly sharing: 'shared' | 'private' | 'locked';
  readonly readonly: boolean;
  /** What a new one begins with. */
  readonly source?: MountedSource;
  /** Of a new one; absent is 0755 of root. */
  readonly owner?: MountOwner;
}

export interface TemporaryMount {
  readonly type: 'tmpfs';
  readonly target: string;
  /** Bytes; absent is the kernel's half of the memory. */
  readonly size?: number;
  readonly readonly: boolean;
}

export interface SecretMount {
  readonly type: 'secret';
  readonly id: string;
  /** Absent where it is a variable only. */
  readonly target?: string;
  /** The name of the variable. */
  readonly variable?: string;
  readonly required: boolean;
  readonly owner: MountOwner;
}

/** The socket of an ssh agent. */
export interface AgentMount {
  readonly type: 'ssh';
  readonly id: string;
  readonly target: string;
  readonly required: boolean;
  readonly owner: MountOwner;
}

export interface MountOwner {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}
