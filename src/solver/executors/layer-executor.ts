/** The solver's executor on this machine: layers in the store, processes in sandboxes. */
import type {SharedLayer} from '../../cache/shared/shared-result.js';
import type {CopyOp, FetchOp, ImageOp, MakeDirectoryOp, RunOp} from '../../graph/op.js';
import type {MountedSource} from '../../graph/run-mount.js';
import type {Digest} from '../../oci/digest.js';
import type {AlteredSnapshotError} from '../../snapshot/errors.js';
import type {Snapshot} from '../../snapshot/snapshotter.js';
import type {ExecutionContext, Executor, LazyRoot, PinnedSource, Root} from '../executor.js';
import {checkRoots, discardSnapshots} from './check-roots.js';
import {
  type CopyRoots,
  copySources,
  type FileSelection,
  selectMounted,
  selectSources,
} from './copy-step.js';
import type {ExecutorOptions} from './executor-options.js';
import {pinSource} from './fetch-source.js';
import {imageRoot} from './image-root.js';
import {makeDirectory} from './make-directory.js';
import {mergeRoots} from './merge-roots.js';
import {restoreRoot} from './restore-root.js';
import {runStep} from './run-step.js';

export class LayerExecutor implements Executor<FileSelection> {
  readonly #options: ExecutorOptions;

  constructor(options: ExecutorOptions) {
    this.#options = options;
  }

  find(chainID: Digest): Root {
    return this.#options.snapshots.find(chainID);
  }

  check(roots: readonly Root[]): Promise<void> {
    return checkRoots(roots, this.#options);
  }

  discard(damage: AlteredSnapshotError): Promise<void> {
    return discardSnapshots(damage, this.#options);
  }

  async image(op: ImageOp): Promise<LazyRoot> {
    return imageRoot(op, this.#options);
  }

  restore(layers: readonly SharedLayer[], base: LazyRoot | undefined): Promise<Root> {
    return restoreRoot(layers, base, this.#options);
  }

  pin(op: FetchOp, context: ExecutionContext): Promise<PinnedSource> {
    return pinSource(op, {options: this.#options, context});
  }

  run(op: RunOp, inputs: readonly Root[], context: ExecutionContext): Promise<Snapshot> {
    return runStep(op, inputs, {options: this.#options, context});
  }

  selectMounted(source: MountedSource, root: Root): Promise<FileSelection> {
    return selectMounted(source, root, this.#options);
  }

  select(op: CopyOp, source: Root): Promise<FileSelection> {
    return selectSources(op, source, this.#options);
  }

  copy(op: CopyOp, roots: CopyRoots, selection: FileSelection): Promise<Snapshot> {
    return copySources(op, roots, {selection, options: this.#options});
  }

  merge(onto: Root, layer: Root): Promise<Snapshot> {
    return mergeRoots(onto, layer, this.#options.snapshots);
  }

  async makeDirectory(op: MakeDirectoryOp, root: Root): Promise<Root> {
    return makeDirectory(op, root, this.#options.snapshots);
  }
}
