/** Registries that are opened when the first one is asked: most builds and runs ask none, and need not read how to. */
import type {Reference} from '../../oci/reference.js';
import type {AheadUploadOptions, AheadUploads} from '../../registry/client/ahead-uploads.js';
import type {PullSource} from '../../registry/client/pull-source.js';
import type {PushTarget} from '../../registry/client/push-target.js';
import type {PushOptions} from '../../registry/client/registry-client.js';
import type {Registries, RegistryAccess, RegistryObserver} from './open-registries.js';

export class LazyRegistries implements AsyncDisposable {
  readonly #open: () => Promise<Registries>;
  #opened: Promise<Registries> | undefined;

  constructor(access: RegistryAccess, observer: RegistryObserver) {
    this.#open = async () =>
      (await import('./open-registries.js')).openRegistries(access, observer);
  }

  /** Throws as RegistryClient does, and what reading the configuration throws. */
  async pulling(reference: Reference): Promise<PullSource> {
    return (await this.#registries()).pulling(reference);
  }

  async pushing(reference: Reference, options: PushOptions): Promise<PushTarget> {
    return (await this.#registries()).pushing(reference, options);
  }

  async sendingAhead(
    reference: Reference,
    options: Pick<AheadUploadOptions, 'onProgress'>,
  ): Promise<AheadUploads> {
    return (await this.#registries()).sendingAhead(reference, options);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const opened = await this.#opened?.catch(() => undefined);
    opened?.[Symbol.dispose]();
  }

  #registries(): Promise<Registries> {
    this.#opened ??= this.#open();
    return this.#opened;
  }
}
