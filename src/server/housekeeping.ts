/** Collects garbage every so often, once at a time. */
import {setTimeout as sleep} from 'node:timers/promises';
import {type Collected, type CollectOptions, collectGarbage} from './storage/collect-garbage.js';
import type {RegistryStorage} from './storage/registry-storage.js';

export interface HousekeepingOptions extends CollectOptions {
  /** Milliseconds between two collections; 0: only when asked. */
  readonly every: number;
}

const HOUR = 3_600_000;

export const HOUSEKEEPING: HousekeepingOptions = {
  every: HOUR,
  grace: HOUR,
  untagged: false,
  uploadAge: 7 * 24 * HOUR,
};

export class Housekeeping implements AsyncDisposable {
  readonly #storage: RegistryStorage;
  readonly #options: HousekeepingOptions;
  readonly #end = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  /** `onProblem` hears of a collection that failed; the next one tries again. */
  constructor(
    storage: RegistryStorage,
    options: HousekeepingOptions,
    onProblem: (problem: unknown) => void,
  ) {
    this.#storage = storage;
    this.#options = options;
    if (options.every > 0) void this.#everySoOften(onProblem);
  }

  collect(): Promise<Collected> {
    const collecting = this.#running.then(() => collectGarbage(this.#storage, this.#options));
    this.#running = collecting.catch(() => undefined);
    return collecting;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async #everySoOften(onProblem: (problem: unknown) => void): Promise<void> {
    const {signal} = this.#end;
    while (!signal.aborted) {
      await sleep(this.#options.every, undefined, {signal, ref: false}).catch(() => undefined);
      if (!signal.aborted) await this.collect().catch(onProblem);
    }
  }
}
