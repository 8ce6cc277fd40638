/** Events pushed on one side, iterated on the other, in order; closed once, with or without an error. */
export class EventQueue<Event> implements AsyncIterable<Event> {
  readonly #waiting: Event[] = [];
  #wake: () => void = () => undefined;
  #end: {readonly error?: unknown} | undefined;

  push(event: Event): void {
    this.#waiting.push(event);
    this.#wake();
  }

  close(end: {readonly error?: unknown} = {}): void {
    this.#end ??= end;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Event, void, undefined> {
    for (;;) {
      while (this.#waiting.length > 0) yield this.#waiting.shift() as Event;
      if (this.#end) break;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if ('error' in this.#end) throw this.#end.error;
  }
}
