/**
 * The lines around a failure, as docker shows them.
 *
 *   Dockerfile:3
 *   --------------------
 *      1 |     FROM alpine
 *      2 |     WORKDIR /app
 *      3 | >>> RNU make
 *   --------------------
 *
 * Two lines of context for a range, four for a single line, shared by both sides; what one side lacks the other gets.
 * Source  buildkit v0.26 solver/errdefs/source.go, Print.
 */
import type {Lines} from './location.js';

export interface Source {
  /** The file as the person named it. */
  readonly name: string;
  readonly text: string;
}

const rule = '-'.repeat(20);

export function sourceFrame(source: Source, lines: Lines): string {
  const text = source.text.split(/\r?\n/);
  const first = Math.min(lines.first, text.length);
  const last = Math.min(lines.last, text.length);
  const shown = withContext({first, last}, text.length);
  const body: string[] = [];
  for (let line = shown.first; line <= shown.last; line++) {
    const mark = line >= first && line <= last ? '>>>' : '   ';
    body.push(` ${String(line).padStart(3)} | ${mark} ${clipped(text[line - 1] ?? '')}`);
  }
  return [`${source.name}:${lines.first}`, rule, ...body, rule].join('\n');
}

/** A line may have 64 KiB; a terminal should not. What is no UTF-8, or cut in two, is shown as such. */
const clipped = (line: string): string =>
  (line.length <= 400 ? line : `${line.slice(0, 400)}…`).toWellFormed();

function withContext(lines: Lines, count: number): Lines {
  let {first, last} = lines;
  const wanted = first === last ? 4 : 2;
  // Each round counts one by itself, so a frame at the edge of the file stays short: docker's way.
  for (let given = 0; given < wanted; given++) {
    if (first > 1) {
      first--;
      given++;
    }
    if (last < count) {
      last++;
      given++;
    }
  }
  return {first, last};
}
