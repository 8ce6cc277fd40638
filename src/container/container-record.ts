import type {Digest} from '../oci/digest.js';

/** What is known of a container between its start and its removal. Times are RFC 3339. */
export interface ContainerRecord {
  /** 64 hexadecimal digits; people type a prefix, or the name. */
  readonly id: string;
  readonly name: string;
  /** The reference as typed. */
  readonly image: string;
  readonly imageID: Digest;
  readonly command: readonly string[];
  readonly createdAt: string;
  /** The tsbuild process that runs it: its pid and start time, since pids come round again. */
  readonly keeper: {readonly pid: number; readonly startTime: string};
  /** Process 1 of the container, once it runs. */
  readonly process?: {readonly pid: number; readonly startTime: string};
  readonly finishedAt?: string;
  readonly exitCode?: number;
}

/** created → exited; dead when its keeper was killed before it could say how it ended. */
export type ContainerState = 'running' | 'exited' | 'dead';
