/**
 * Bytes from one worker thread to another, through memory that both see: a ring of slots, and no message and no allocation for any of
 * them. Who waits blocks its thread, so neither end is for the main thread.
 */

const SLOTS = 8;
/** Bytes. */
const SLOT = 1 << 18;

/** Where the words stand; behind them the length of what is in each slot. */
const word = {
  /** Changes with whatever changes: what both wait for. */
  change: 0,
  /** Slots filled and slots emptied, since the beginning. */
  filled: 1,
  emptied: 2,
  state: 3,
  lengths: 4,
} as const;

const state = {open: 0, ended: 1, broken: 2} as const;

/** Plain data: sent to both threads. */
export interface RingMemory {
  readonly words: SharedArrayBuffer;
  readonly slots: SharedArrayBuffer;
}

export const ringMemory = (): RingMemory => ({
  words: new SharedArrayBuffer(4 * (word.lengths + SLOTS)),
  slots: new SharedArrayBuffer(SLOTS * SLOT),
});

/** Neither end goes on: the reader has left, or the writer has nothing to give. From any thread; nothing after the end. */
export function breakRing({words}: RingMemory): void {
  const view = new Int32Array(words);
  Atomics.compareExchange(view, word.state, state.open, state.broken);
  tell(view);
}

/** Ends early when the reader has left. Throws what the source throws, and the reader meets a failure. */
export async function writeRing(
  memory: RingMemory,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> {
  const words = new Int32Array(memory.words);
  const slots = new Uint8Array(memory.slots);
  try {
    for await (const chunk of bytes) {
      for (let at = 0; at < chunk.length; at += SLOT) {
        const filled = Atomics.load(words, word.filled);
        if (!waitFor(words, () => filled - Atomics.load(words, word.emptied) < SLOTS)) return;
        const piece = chunk.subarray(at, at + SLOT);
        slots.set(piece, (filled % SLOTS) * SLOT);
        words[word.lengths + (filled % SLOTS)] = piece.length;
        Atomics.store(words, word.filled, filled + 1);
        tell(words);
      }
    }
    Atomics.compareExchange(words, word.state, state.open, state.ended);
    tell(words);
  } finally {
    breakRing(memory);
  }
}

/** Each chunk is good until the next is asked for. Throws when the writer failed. */
export function* readRing(memory: RingMemory): Generator<Buffer, void, undefined> {
  const words = new Int32Array(memory.words);
  try {
    for (let emptied = 0; ; ) {
      if (!waitFor(words, () => Atomics.load(words, word.filled) > emptied)) {
        if (Atomics.load(words, word.filled) > emptied) continue;
        if (Atomics.load(words, word.state) === state.ended) return;
        throw new Error('the source of the bytes failed');
      }
      const slot = emptied % SLOTS;
      yield Buffer.from(memory.slots, slot * SLOT, words[word.lengths + slot]);
      Atomics.store(words, word.emptied, ++emptied);
      tell(words);
    }
  } finally {
    breakRing(memory);
  }
}

/** Blocks until it holds; false when the ring is no longer open before. */
function waitFor(words: Int32Array, holds: () => boolean): boolean {
  for (;;) {
    const change = Atomics.load(words, word.change);
    if (holds()) return true;
    if (Atomics.load(words, word.state) !== state.open) return false;
    Atomics.wait(words, word.change, change);
  }
}

function tell(words: Int32Array): void {
  Atomics.add(words, word.change, 1);
  Atomics.notify(words, word.change);
}
