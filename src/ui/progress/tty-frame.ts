/**
 * One picture of a running build: a header, and a row for each step with a window on its output.
 *
 *   [+] Building 3.2s (7/9)
 *    => CACHED [2/5] WORKDIR /app                    0.0s
 *    => [3/5] RUN make                               2.1s
 *    => => # cc -c main.c
 *
 * Pure: the same rows and size give the same lines, none wider than `columns`, at most `rows` of them.
 */
import {cutToWidth, textWidth} from '../text/text-width.js';
import {seconds} from '../text/units.js';

export type Verdict = 'running' | 'done' | 'cached' | 'failed' | 'canceled';

export interface FrameRow {
  readonly name: string;
  readonly verdict: Verdict;
  /** Milliseconds since the step started, up to its end. */
  readonly elapsed: number;
  /** Copies and unpackings under way. */
  readonly progress: readonly string[];
  /** The last lines of output. */
  readonly log: readonly string[];
}

export interface FrameSize {
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
}

const PREFIX: Record<Verdict, string> = {
  running: '',
  done: '',
  cached: 'CACHED ',
  failed: 'ERROR ',
  canceled: 'CANCELED ',
};

const COLOR: Record<Verdict, string> = {
  running: '',
  done: '\x1b[34m',
  cached: '\x1b[34m',
  failed: '\x1b[31m',
  canceled: '\x1b[33m',
};

export function frame(header: string, rows: readonly FrameRow[], size: FrameSize): string[] {
  const room = Math.max(1, size.rows - 1);
  const shown = fitted(
    rows.map((row) => rowLines(row, size)),
    rows,
    room,
  );
  return [cutToWidth(header, size.columns), ...shown];
}

function rowLines(row: FrameRow, size: FrameSize): string[] {
  const details =
    row.verdict === 'running'
      ? [
          ...row.progress.map((text) => ` => => ${text}`),
          ...row.log.map((text) => ` => => # ${text.replaceAll('\t', '    ')}`),
        ]
      : [];
  return [title(row, size), ...details.map((line) => cutToWidth(line, size.columns))];
}

function title(row: FrameRow, {columns, color}: FrameSize): string {
  const time = seconds(row.elapsed);
  const left = cutToWidth(` => ${PREFIX[row.verdict]}${row.name}`, columns - time.length - 1);
  const gap = ' '.repeat(Math.max(1, columns - textWidth(left) - time.length));
  const line = cutToWidth(`${left}${gap}${time}`, columns);
  return color && COLOR[row.verdict] !== '' ? `${COLOR[row.verdict]}${line}\x1b[0m` : line;
}

/** Drops ended steps from the top first, then the top of what is left, until the picture fits. */
function fitted(
  blocks: readonly (readonly string[])[],
  rows: readonly FrameRow[],
  room: number,
): string[] {
  let excess = blocks.flat().length - room;
  const kept = blocks.filter((block, index) => {
    if (excess <= 0 || rows[index]?.verdict === 'running') return true;
    excess -= block.length;
    return false;
  });
  return kept.flat().slice(-room);
}
