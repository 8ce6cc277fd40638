/**
 * The bytes a step writes, as lines that may be shown.
 *
 * Takes    chunks cut anywhere, also inside a character; bytes that are not UTF-8 become U+FFFD.
 * Returns  whole lines, printable; of a line rewritten with carriage returns, the last text of it.
 *          A line longer than LONGEST characters comes in pieces, so a step cannot fill the memory.
 */
import {printable} from '../text/printable.js';

export const LONGEST = 16_384;

export class LogLines {
  readonly #decoder = new TextDecoder('utf-8');
  #rest = '';

  push(data: Uint8Array): string[] {
    return this.#take(this.#decoder.decode(data, {stream: true}));
  }

  /** What is left of a last line without an end. */
  end(): string[] {
    const lines = this.#take(this.#decoder.decode());
    const rest = this.#rest;
    this.#rest = '';
    return rest === '' ? lines : [...lines, visible(rest)];
  }

  #take(text: string): string[] {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    const whole = lines.flatMap(pieces).map(visible);
    while (this.#rest.length > LONGEST) {
      whole.push(visible(this.#rest.slice(0, LONGEST)));
      this.#rest = this.#rest.slice(LONGEST);
    }
    return whole;
  }
}

function pieces(line: string): string[] {
  if (line.length <= LONGEST) return [line];
  const parts: string[] = [];
  for (let start = 0; start < line.length; start += LONGEST) {
    parts.push(line.slice(start, start + LONGEST));
  }
  return parts;
}

/** `10%\r50%\r100%\r` shows as `100%`, as a terminal would leave it. */
function visible(line: string): string {
  if (!line.includes('\r')) return printable(line);
  const rewrites = line.split('\r').filter((text) => text !== '');
  return printable(rewrites.at(-1) ?? '');
}
