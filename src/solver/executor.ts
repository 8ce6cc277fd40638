/** Port of the solver: how an op is carried out, so that the walk and the cache are tested without a kernel. */
import type {Ingredient} from '../cache/cache-record.js';
import type {SharedLayer} from '../cache/shared/shared-result.js';
import type {CopyOp, FetchOp, ImageOp, MakeDirectoryOp, RunOp} from '../graph/op.js';
import type {MountedSource} from '../graph/run-mount.js';
import type {Vertex} from '../graph/vertex.js';
import type {Digest} from '../oci/digest.js';
import type {AlteredSnapshotError} from '../snapshot/errors.js';
import type {Snapshot} from '../snapshot/snapshotter.js';

/** A root file system: a stack's top, or undefined for the empty root. */
export type Root = Snapshot | undefined;

/** A root that is known by name and unpacked when somebody needs its files. */
export interface LazyRoot {
  readonly chainID: Digest | undefined;
  open(): Promise<Root>;
}

export interface ExecutionContext {
  readonly vertex: Vertex;
  readonly signal: AbortSignal;
  log(stream: 'stdout' | 'stderr', data: Uint8Array): void;
  progress(label: string, done: number, total: number): void;
}

/** What a COPY selects from its source, known before anything is copied. */
export interface Selection {
  /** Of the selected files with all that their copy depends on: not where they lay, but the name of a single file. */
  readonly digest: Digest;
  /** For the record beside the key; made only when a record is written. */
  ingredients(): Iterable<Ingredient>;
}

/** What the network has right now, known before it is taken over; its digest is that of a file, or stands for a commit. */
export interface PinnedSource extends Selection {
  /** Its files, in a root of their own. Throws when they are others by now. */
  fetch(): Promise<Snapshot>;
}

/** `Chosen` is the executor's own kind of selection. */
export interface Executor<Chosen extends Selection = Selection> {
  /** The root with this chainID, when it is there whole. */
  find(chainID: Digest): Root;
  /** Throws AlteredSnapshotError where files of a root are others than were made. */
  check(roots: readonly Root[]): Promise<void>;
  /** Takes away what `check` found. Throws AlteredSnapshotError where another process uses it. */
  discard(damage: AlteredSnapshotError): Promise<void>;
  image(op: ImageOp, context: ExecutionContext): Promise<LazyRoot>;
  /** The root that another machine made of these, on an image. Throws ImportedLayerError. */
  restore(layers: readonly SharedLayer[], base: LazyRoot | undefined): Promise<Root>;
  /** Asks for what has changed since the last time; what the op itself pins, nobody is asked for. */
  pin(op: FetchOp, context: ExecutionContext): Promise<PinnedSource>;
  /** `inputs` are the vertex's, the root of the process first. */
  run(op: RunOp, inputs: readonly Root[], context: ExecutionContext): Promise<Snapshot>;
  /** What a mount shows. */
  selectMounted(source: MountedSource, root: Root): Promise<Selection>;
  /** `source` is the root copied from, for `from: 'input'`. Throws when a plain path is missing, naming it. */
  select(op: CopyOp, source: Root): Promise<Chosen>;
  /** `earlier` is what a step like this came to, and worth a look for files that are the same. */
  copy(
    op: CopyOp,
    roots: {onto: Root; source: Root; earlier: Root},
    selection: Chosen,
    context: ExecutionContext,
  ): Promise<Snapshot>;
  merge(onto: Root, layer: Root): Promise<Snapshot>;
  /** The root itself when the directory is already there. */
  makeDirectory(op: MakeDirectoryOp, root: Root, context: ExecutionContext): Promise<Root>;
}
