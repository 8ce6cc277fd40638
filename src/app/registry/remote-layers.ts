/** Layers of images in the store; those that are not here yet are brought from where they came, side by side. */

import {TsbuildError} from '../../base/error.js';
import {semaphore} from '../../base/semaphore.js';
import type {OpenContent} from '../../content/fetcher.js';
import {ImageContent} from '../../export/image/image-content.js';
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import {parseReference} from '../../oci/reference.js';
import type {LayerSource} from '../../snapshot/unpack-image.js';
import type {LayoutImage} from '../context/layout-image.js';
import {LayerElsewhereError} from '../errors.js';
import {type FetchOptions, knownRepositories} from './fetch-image.js';

interface RemoteOptions
  extends Pick<FetchOptions, 'store' | 'snapshots' | 'registries' | 'onEvent' | 'signal'> {
  /** Asked before any registry. */
  readonly layouts?: readonly LayoutImage[];
}

/** Downloads at once; docker's. */
const AT_ONCE = 3;

export class RemoteLayers implements LayerSource {
  readonly #options: RemoteOptions;
  readonly #content: ImageContent;
  readonly #coming = new Map<Digest, Promise<void>>();
  readonly #inTurn = semaphore(AT_ONCE);

  constructor(options: RemoteOptions) {
    this.#options = options;
    this.#content = new ImageContent(options.store, options.snapshots);
  }

  /** Throws LayerElsewhereError. */
  async *fetch(layer: Descriptor): AsyncGenerator<Uint8Array, void, undefined> {
    await this.#bring(layer);
    yield* this.#content.fetch(layer);
  }

  async open(layer: Descriptor): Promise<OpenContent | undefined> {
    await this.#bring(layer);
    return this.#content.open(layer);
  }

  expect(layers: readonly Descriptor[]): void {
    // Who fetches them hears of failures.
    for (const layer of layers) this.#bring(layer).catch(() => undefined);
  }

  #bring(layer: Descriptor): Promise<void> {
    const coming =
      this.#coming.get(layer.digest) ??
      this.#content.exists(layer).then((here) => {
        return here ? undefined : this.#inTurn(() => this.#download(layer));
      });
    this.#coming.set(layer.digest, coming);
    return coming;
  }

  async #download(layer: Descriptor): Promise<void> {
    const {store, registries, layouts = [], onEvent, signal} = this.#options;
    for (const {layout} of layouts) {
      if (await layout.exists(layer)) return store.blobs.push(layer, layout.fetch(layer));
    }
    let cause: unknown;
    for (const repository of knownRepositories(store).of(layer.digest)) {
      try {
        const source = await registries.pulling(parseReference(`${repository}@${layer.digest}`));
        return await source.copyTo(store.blobs, layer, {onEvent, signal});
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof TsbuildError)) throw error;
        cause = error;
      }
    }
    throw new LayerElsewhereError(layer.digest, cause);
  }
}
