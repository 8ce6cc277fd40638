import type {Ingest} from '../../../content/ingest.js';
import type {Mount} from '../../../oci/runtime-spec.js';
import type {ExecutionContext, Root} from '../../executor.js';
import type {ExecutorOptions} from '../executor-options.js';
import type {PrivateFolder} from './private-folder.js';

/** A RUN --mount made ready for one process. */
export interface OpenedMount {
  /** What the sandbox mounts, if anything. */
  readonly mount?: Mount;
  /** `NAME=value` for the process. */
  readonly variable?: string;
  /** What must not be seen in the output. */
  readonly secret?: Uint8Array;
  /** Of a bind: where mount points of others can be made in it. */
  readonly writable?: {readonly path: string; readonly upper: string};
  readonly close?: () => void | Promise<void>;
}

export interface MountPlace {
  /** Of the vertex, the root of the process first. */
  readonly inputs: readonly Root[];
  readonly options: ExecutorOptions & {readonly ingest: Ingest};
  readonly context: ExecutionContext;
  readonly folder: PrivateFolder;
}
