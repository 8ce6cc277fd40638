import {setImmediate} from 'node:timers/promises';
import type {EntryWalk} from './entry-walk.js';
import {LayerTar} from './layer-tar.js';
import {layerWalk} from './layer-walk.js';

const BUFFER = 1 << 20;

/** The tar that `summarize` hashed, byte for byte, read as it is asked for. With `newest`, in seconds, no file is younger. */
export const streamLayer = (
  upper: string,
  newest?: number,
): AsyncGenerator<Buffer, void, undefined> => streamTar(layerWalk(upper, newest));

/** Each chunk is a new buffer of at most 1 MiB, the caller's to keep. */
export async function* streamTar(walk: EntryWalk): AsyncGenerator<Buffer, void, undefined> {
  const tar = new LayerTar(walk);
  try {
    for (;;) {
      const buffer = Buffer.allocUnsafeSlow(BUFFER);
      const piece = tar.fill(buffer);
      if (piece === undefined) return;
      tar.stampTimes(buffer);
      yield buffer.subarray(0, piece.length);
      // The reading is synchronous: let other work of the process have its turn.
      await setImmediate();
    }
  } finally {
    tar.close();
  }
}
