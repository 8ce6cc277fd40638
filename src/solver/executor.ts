/** Port of the solver: how an op is carried out. `app` wires snapshotter, sandbox and layer behind it. */
import type {CopyOp, ImageOp, MakeDirectoryOp, RunOp} from '../graph/op.js';
import type {Digest} from '../oci/digest.js';
import type {Snapshot} from '../snapshot/snapshotter.js';

/** A root file system: a stack's top, or undefined for the empty root. */
export type Root = Snapshot | undefined;

export interface ExecutionContext {
  readonly signal: AbortSignal;
  log(stream: 'stdout' | 'stderr', data: Uint8Array): void;
  progress(label: string, done: number, total: number): void;
}

/** What a COPY selects from its source, known before anything is copied. */
export interface Selection {
  /** Content digest of the selected files, by FEATURES C2; renaming the one source of a copy does not change it. */
  readonly digest: Digest;
  /** For the record beside the key: path, header, digest. */
  readonly ingredients: readonly SelectedFile[];
}

export interface SelectedFile {
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  readonly mode: number;
  readonly size: number;
  readonly digest: string;
}

export interface Executor {
  image(op: ImageOp, context: ExecutionContext): Promise<Root>;
  run(op: RunOp, root: Root, context: ExecutionContext): Promise<Snapshot>;
  /** `source` is the root copied from, for `from: 'input'`. Throws when a plain path is missing, naming it. */
  select(op: CopyOp, source: Root): Promise<Selection>;
  copy(
    op: CopyOp,
    root: Root,
    source: Root,
    selection: Selection,
    context: ExecutionContext,
  ): Promise<Snapshot>;
  makeDirectory(op: MakeDirectoryOp, root: Root, context: ExecutionContext): Promise<Root>;
}
