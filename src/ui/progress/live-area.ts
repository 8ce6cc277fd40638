/**
 * Lines at the bottom of a terminal that are drawn over again in place, in one write, so nothing flickers.
 *
 * The cursor is hidden while there are any; `close`, or drawing none, shows it, and one of both must be done on every
 * way out. An area without lines is not there: the line that the cursor is in may be another's.
 */
import type {Sink} from './progress.js';

const HIDE_CURSOR = '\x1b[?25l';
export const SHOW_CURSOR = '\x1b[?25h';
const CLEAR_LINE_END = '\x1b[K';
const CLEAR_BELOW = '\x1b[J';

export class LiveArea {
  readonly #write: Sink;
  #height = 0;
  #open = false;

  constructor(write: Sink) {
    this.#write = write;
  }

  /** Each line must fit the terminal's width. */
  draw(lines: readonly string[]): void {
    if (lines.length === 0 && !this.#open) return;
    const start = this.#open ? '' : HIDE_CURSOR;
    const up = this.#height === 0 ? '' : `\x1b[${this.#height}A`;
    const body = lines.map((line) => `${line}${CLEAR_LINE_END}\n`).join('');
    this.#write(`${start}${up}\r${body}${CLEAR_BELOW}`);
    this.#height = lines.length;
    this.#open = true;
    if (lines.length === 0) this.close();
  }

  /** What was drawn stays; what is written next goes below it. */
  close(): void {
    if (this.#open) this.#write(SHOW_CURSOR);
    this.#open = false;
    this.#height = 0;
  }
}
