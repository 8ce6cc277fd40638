/**
 * `rewrite-timestamp`: a build's own layers, with no file younger than the epoch.
 *
 * Snapshots stay as they are; a layer is read once to learn what it becomes, and again by whoever wants its bytes.
 */
import {availableParallelism} from 'node:os';
import {secondsOf} from '../../base/clock.js';
import {mapLimit} from '../../base/concurrency.js';
import {ContentNotFoundError} from '../../content/errors.js';
import type {Fetcher} from '../../content/fetcher.js';
import {verified} from '../../content/verify.js';
import {summarizeLayer} from '../../layer/offload.js';
import {streamLayer} from '../../layer/stream.js';
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import type {Snapshot} from '../../snapshot/snapshotter.js';
import {type BuiltLayer, layerDescriptor} from '../image/assemble.js';

export class RewrittenLayers implements Fetcher {
  /** In the order of the snapshots. */
  readonly layers: readonly BuiltLayer[];
  readonly #newest: number;
  readonly #paths: ReadonlyMap<Digest, string>;

  private constructor(
    layers: readonly BuiltLayer[],
    newest: number,
    paths: ReadonlyMap<Digest, string>,
  ) {
    this.layers = layers;
    this.#newest = newest;
    this.#paths = paths;
  }

  static async of(snapshots: readonly Snapshot[], epoch: Date): Promise<RewrittenLayers> {
    const newest = secondsOf(epoch);
    const paths = new Map<Digest, string>();
    const layers = await mapLimit(snapshots, availableParallelism(), async (snapshot) => {
      const {path, createdAt} = snapshot;
      const {diffID, size} = await summarizeLayer(path, newest);
      if (diffID !== snapshot.diffID) paths.set(diffID, path);
      return {diffID, size, createdAt};
    });
    return new RewrittenLayers(layers, newest, paths);
  }

  /** Those that the rewriting changed: they are nowhere but here. */
  get changed(): readonly Descriptor[] {
    return this.layers.filter(({diffID}) => this.#paths.has(diffID)).map(layerDescriptor);
  }

  async exists({digest}: Descriptor): Promise<boolean> {
    return this.#paths.has(digest);
  }

  async *fetch(target: Descriptor): AsyncGenerator<Uint8Array, void, undefined> {
    const path = this.#paths.get(target.digest);
    if (path === undefined) throw new ContentNotFoundError(target.digest, 'the rewritten layers');
    yield* verified(streamLayer(path, this.#newest), target);
  }
}
