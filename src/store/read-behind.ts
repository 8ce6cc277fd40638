/** Reading a file while another process writes it. */
import {closeSync, openSync, readSync} from 'node:fs';
import {setTimeout as sleep, setImmediate as turn} from 'node:timers/promises';

/** Bytes: as much as a processor's cache holds beside other work. */
const PIECE = 1 << 18;
/** Milliseconds; a program compresses some 100 KB in one. */
const PATIENCE = 4;

/** From the start until `written` settles, and then the rest; each time in the same buffer. Throws what `written` rejects with. */
export async function* readBehind(
  path: string,
  written: Promise<void>,
): AsyncGenerator<Buffer, void, undefined> {
  const piece = Buffer.allocUnsafeSlow(PIECE);
  let isWhole = false;
  const whole = written.finally(() => {
    isWhole = true;
  });
  whole.catch(() => undefined);
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const wasWhole = isWhole;
      const length = readSync(file, piece);
      if (length > 0) {
        yield piece.subarray(0, length);
        await turn();
      } else if (wasWhole) return await whole;
      else await Promise.race([whole, sleep(PATIENCE)]);
    }
  } finally {
    closeSync(file);
  }
}
