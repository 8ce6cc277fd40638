/** The first bytes of a stream, and the stream as if nobody had looked. */
export interface Peeked {
  /** At least as long as was asked for, unless the source is shorter. */
  readonly start: Buffer;
  readonly whole: AsyncIterable<Uint8Array>;
  /** Lets go of the source, for who will not read `whole`. */
  cancel(): Promise<void>;
}

/** What the source throws before the first `length` bytes is thrown here. */
export async function peek(source: AsyncIterable<Uint8Array>, length: number): Promise<Peeked> {
  const iterator = source[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  for (let known = 0; known < length; ) {
    const next = await iterator.next();
    if (next.done === true) break;
    seen.push(next.value);
    known += next.value.length;
  }
  const cancel = async (): Promise<void> => void (await iterator.return?.());
  const whole = async function* () {
    try {
      yield* seen;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
        yield next.value;
      }
    } finally {
      await cancel();
    }
  };
  return {start: Buffer.concat(seen), whole: whole(), cancel};
}
