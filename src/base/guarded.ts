/** Chunks that remember what their source threw, for readers that hide it behind a failure of their own. */
export class Guarded {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** What the source threw. */
  failure: {readonly error: unknown} | undefined;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.chunks = this.#watched(source);
  }

  async *#watched(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    let isWithReader = false;
    try {
      for await (const chunk of source) {
        isWithReader = true;
        yield chunk;
        isWithReader = false;
      }
    } catch (error) {
      // A stream that is destroyed throws its own failure in here.
      if (!isWithReader) this.failure = {error};
      throw error;
    }
  }
}
