import type {Digest} from '../oci/digest.js';

/** What is known of a build, from its start on. Times are RFC 3339, durations milliseconds. */
export interface BuildRecord {
  /** 12 characters that sort by time; people type a prefix. */
  readonly id: string;
  readonly project: string;
  /** As people read them. */
  readonly tags: readonly string[];
  readonly context: string;
  readonly dockerfile: string;
  readonly target?: string | undefined;
  readonly startedAt: string;
  /** Of the process that builds: its pid, and its start since pids come round again. */
  readonly builder: {readonly pid: number; readonly startTime: string};
  /** Absent while it runs, and of a build that was killed. */
  readonly end?: BuildEnd;
  readonly steps: readonly StepRecord[];
}

export interface BuildEnd {
  readonly result: 'built' | 'failed' | 'canceled';
  readonly duration: number;
  readonly imageID?: Digest | undefined;
  readonly error?: {readonly code: string; readonly message: string} | undefined;
}

/** A vertex of the build. */
export interface StepRecord {
  /** From 1, in the Dockerfile's order. */
  readonly number: number;
  /** `[builder 2/5] RUN make`. */
  readonly name: string;
  readonly lines?: {readonly first: number; readonly last: number} | undefined;
  readonly result: 'cached' | 'done' | 'failed' | 'canceled' | 'waiting';
  readonly duration: number;
  /** Of the cache record; a base image has none. */
  readonly key?: Digest | undefined;
  readonly chainID?: Digest | undefined;
  /** Bytes of its layer's tar. */
  readonly size?: number | undefined;
  /** Bytes of its log. */
  readonly logged: number;
}

/** `killed`: its process is gone, and it did not say how it ended. */
export type BuildStatus = BuildEnd['result'] | 'running' | 'killed';
