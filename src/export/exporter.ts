/** Port of a build's end: what becomes of its result, one exporter for each `--output`. */
import type {SharedResult} from '../cache/shared/shared-result.js';
import type {BuildDefinition} from '../frontend/build-definition.js';
import type {Vertex} from '../graph/vertex.js';
import type {Descriptor} from '../oci/descriptor.js';
import type {Reference} from '../oci/reference.js';
import type {Snapshot, Snapshotter} from '../snapshot/snapshotter.js';
import type {Store} from '../store/store.js';
import type {AssembledImage} from './image/assemble.js';

/** A build that is done, before it is anything to others. */
export interface BuildResult {
  readonly definition: BuildDefinition;
  readonly store: Store;
  readonly snapshots: Snapshotter;
  /** A vertex's root, once it is solved; undefined is the empty root. */
  readonly rootOf: (vertex: Vertex) => Snapshot | undefined;
  /** What it is made of, for images to tell of in their configs: see inline-cache.ts. */
  readonly inlined?: readonly SharedResult[] | undefined;
  /** SOURCE_DATE_EPOCH. */
  readonly epoch?: Date | undefined;
  /** `--tag`. */
  readonly names: readonly Reference[];
  readonly signal: AbortSignal;
}

/** An image that is where it was asked for. */
export interface ExportedImage extends Pick<AssembledImage, 'configDescriptor'> {
  /** Of its manifest, with platform and annotations. */
  readonly descriptor: Descriptor;
  readonly names: readonly Reference[];
}

export interface Exporter {
  /** Before anything is built: throws what would make the export fail in the end. */
  check?(): void;
  /**
   * After return the result is where it was asked for, whole; a throw leaves nothing half made under a final name. The image, when it
   * is one.
   */
  export(result: BuildResult): Promise<ExportedImage | undefined>;
}
