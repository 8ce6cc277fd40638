/**
 * An image's content, wherever it is: as a blob, else streamed from the snapshot whose layer it is.
 *
 * A layer named by its diffID may be stored compressed only; then it is not found here, unless its snapshot writes the same tar.
 */
import {DigestMismatchError, SizeMismatchError} from '../../content/errors.js';
import type {Fetcher} from '../../content/fetcher.js';
import {verified} from '../../content/verify.js';
import {streamLayer} from '../../layer/stream.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {compressionOf} from '../../oci/media-type.js';
import type {Snapshot, Snapshotter} from '../../snapshot/snapshotter.js';
import type {Store} from '../../store/store.js';
import {DamagedSnapshotError, LayerMissingError} from '../errors.js';

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

  /** The snapshot that `fetch` would stream from. */
  #snapshot({mediaType, digest, size}: Descriptor): Snapshot | undefined {
    if (compressionOf(mediaType) !== 'none') return undefined;
    const snapshot = this.#snapshots.findLayer(digest);
    return snapshot?.size === size ? snapshot : undefined;
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
