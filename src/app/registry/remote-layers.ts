/** Layers of images in the store; those that are not here yet are brought from where they came, side by side. */
import {TsbuildError} from '../../base/error.js';
import {semaphore} from '../../base/semaphore.js';
import type {CopyEnds} from '../../content/copy.js';
import type {OpenContent} from '../../content/fetcher.js';
import type {GrowingFile} from '../../content/growing-file.js';
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

/** A layer on its way, or here. */
interface Coming {
  readonly whole: Promise<void>;
  /** Where it is written, the first time; undefined when it is whole before, or does not come. */
  readonly draft: Promise<GrowingFile | undefined>;
}

/** Downloads at once; docker's. */
const AT_ONCE = 3;

export class RemoteLayers implements LayerSource {
  readonly #options: RemoteOptions;
  readonly #content: ImageContent;
  readonly #coming = new Map<Digest, Coming>();
  readonly #inTurn = semaphore(AT_ONCE);

  constructor(options: RemoteOptions) {
    this.#options = options;
    this.#content = new ImageContent(options.store, options.snapshots);
  }

  /** Throws LayerElsewhereError. */
  async *fetch(layer: Descriptor): AsyncGenerator<Uint8Array, void, undefined> {
    await this.#bring(layer).whole;
    yield* this.#content.fetch(layer);
  }

  async open(layer: Descriptor): Promise<OpenContent | undefined> {
    await this.#bring(layer).whole;
    return this.#content.open(layer);
  }

  async ahead(layer: Descriptor): Promise<AsyncIterable<Uint8Array> | undefined> {
    const draft = await this.#bring(layer).draft;
    const isComing = draft?.blob === undefined && (await draft?.exceeds(0));
    return isComing ? whatComes(draft as GrowingFile) : undefined;
  }

  expect(layers: readonly Descriptor[]): void {
    for (const layer of layers) this.#bring(layer);
  }

  #bring(layer: Descriptor): Coming {
    const known = this.#coming.get(layer.digest);
    if (known !== undefined) return known;
    let begun: (draft?: GrowingFile) => void = () => undefined;
    const draft = new Promise<GrowingFile | undefined>((resolve) => {
      begun = resolve;
    });
    const whole = this.#content.exists(layer).then((here) => {
      return here ? undefined : this.#inTurn(() => this.#download(layer, begun));
    });
    // Who fetches it hears of the failure.
    whole.catch(() => undefined).finally(() => begun());
    const coming = {whole, draft};
    this.#coming.set(layer.digest, coming);
    return coming;
  }

  async #download(layer: Descriptor, onDraft: (draft: GrowingFile) => void): Promise<void> {
    const {store, registries, layouts = [], onEvent, signal} = this.#options;
    const to: CopyEnds['to'] = {
      exists: (target) => store.blobs.exists(target),
      push: (target, bytes) => store.blobs.push(target, bytes, onDraft),
    };
    for (const {layout} of layouts) {
      if (await layout.exists(layer)) return to.push(layer, layout.fetch(layer));
    }
    let cause: unknown;
    for (const repository of knownRepositories(store).of(layer.digest)) {
      try {
        const source = await registries.pulling(parseReference(`${repository}@${layer.digest}`));
        return await source.copyTo(to, layer, {onEvent, signal});
      } catch (error) {
        signal?.throwIfAborted();
        if (!(error instanceof TsbuildError)) throw error;
        cause = error;
      }
    }
    throw new LayerElsewhereError(layer.digest, cause);
  }
}

async function* whatComes(draft: GrowingFile): AsyncGenerator<Uint8Array, void, undefined> {
  using reader = draft.open();
  yield* reader.read();
}
