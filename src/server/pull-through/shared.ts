/** Work by key: who asks for what is under way already waits for the same. */
export class Shared<Out> {
  readonly #running = new Map<string, Promise<Out>>();

  run(key: string, work: () => Promise<Out>): Promise<Out> {
    const known = this.#running.get(key);
    if (known !== undefined) return known;
    const running = work().finally(() => {
      if (this.#running.get(key) === running) this.#running.delete(key);
    });
    this.#running.set(key, running);
    return running;
  }

  /** Goes on giving `value` out until `until` settles. */
  keep(key: string, value: Out, until: Promise<unknown>): void {
    const kept = Promise.resolve(value);
    this.#running.set(key, kept);
    const forget = (): void => {
      if (this.#running.get(key) === kept) this.#running.delete(key);
    };
    until.then(forget, forget);
  }
}
