/**
 * An image's content, wherever it is: as a blob, else streamed from the snapshot whose layer it is.
 *
 * A layer named by its diffID may be stored compressed only; then it is not found here, unless its snapshot writes the same tar.
 */
import {DigestMismatchError, SizeMismatchError} from '../../content/errors.js';
import type {Fetcher, OpenContent} from '../../content/fetcher.js';
import {verified} from '../../content/verify.js';
import {pourTar} from '../../layer/offload.js';
import {streamLayer} from '../../layer/stream.js';
import {openPipe} from '../../linux/pipe.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {compressionOf} from '../../oci/media-type.js';
import type {Snapshot, Snapshotter} from '../../snapshot/snapshotter.js';
import type {Store} from '../../store/store.js';
import {DamagedSnapshotError, LayerMissingError} from '../errors.js';

/** Bytes; a worker costs 30 ms. */
const LARGE = 8 << 20;

export class ImageContent implements Fetcher {
  readonly #store: Pick<Store, 'blobs'>;
  readonly #snapshots: Pick<Snapshotter, 'findLayer'>;

  constructor(store: Pick<Store, 'blobs'>, snapshots: Pick<Snapshotter, 'findLayer'>) {
    this.#store = store;
    this.#snapshots = snapshots;
  }

  async exists(target: Descriptor): Promise<boolean> {
    return this.#store.blobs.has(target) || this.#snapshot(target) !== undefined;
  }

  async *fetch(target: Descriptor): AsyncGenerator<Uint8Array, void, undefined> {
    const isBlob = this.#store.blobs.has(target);
    const snapshot = isBlob ? undefined : this.#snapshot(target);
    if (snapshot !== undefined) {
      yield* streamSnapshot(snapshot, target);
    } else if (!isBlob && compressionOf(target.mediaType) !== undefined) {
      throw new LayerMissingError(target.digest);
    } else {
      yield* this.#store.blobs.fetch(target);
    }
  }

  async open(target: Descriptor): Promise<OpenContent | undefined> {
    const blob = await this.#store.blobs.open(target);
    if (blob !== undefined || target.size < LARGE) return blob;
    const snapshot = this.#snapshot(target);
    return snapshot && new PouredSnapshot(snapshot, target);
  }

  /** The snapshot that `fetch` would stream from. */
  #snapshot({mediaType, digest, size}: Descriptor): Snapshot | undefined {
    if (compressionOf(mediaType) !== 'none') return undefined;
    const snapshot = this.#snapshots.findLayer(digest);
    return snapshot?.size === size ? snapshot : undefined;
  }
}

/** The reading end of a pipe into which a worker writes the layer of a snapshot. */
class PouredSnapshot implements OpenContent {
  readonly #snapshot: Snapshot;
  readonly #target: Descriptor;
  readonly #pipe = openPipe();

  constructor(snapshot: Snapshot, target: Descriptor) {
    this.#snapshot = snapshot;
    this.#target = target;
  }

  get fd(): number {
    return this.#pipe.readEnd;
  }

  async settle(): Promise<void> {
    // With this end open too, the worker would not hear that the program has left.
    this.#pipe.close('readEnd');
    const {id, path} = this.#snapshot;
    const {digest} = this.#target;
    const got = await pourTar(path, this.#pipe.writeEnd);
    if (got !== undefined && got !== digest) {
      throw new DamagedSnapshotError(id, digest, new DigestMismatchError(digest, got));
    }
    this.#pipe.close('writeEnd');
  }

  [Symbol.dispose](): void {
    this.#pipe[Symbol.dispose]();
  }
}

async function* streamSnapshot(
  {id, path}: Snapshot,
  target: Descriptor,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* verified(streamLayer(path), target);
  } catch (error) {
    const differs = error instanceof DigestMismatchError || error instanceof SizeMismatchError;
    throw differs ? new DamagedSnapshotError(id, target.digest, error) : error;
  }
}
