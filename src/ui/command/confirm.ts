/** Asks on stderr and reads a line of stdin; only y and yes agree, the end of stdin does not. */
import {createInterface} from 'node:readline';

export async function confirm(what: string): Promise<boolean> {
  process.stderr.write(`WARNING! ${what}\nAre you sure you want to continue? [y/N] `);
  const lines = createInterface({input: process.stdin});
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim());
    return false;
  } finally {
    lines.close();
  }
}
