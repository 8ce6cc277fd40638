/**
 * Columns as docker prints them: at least 10 wide with 3 spaces between, the last one ragged.
 *
 * Source  docker/cli, cli/command/formatter (text/tabwriter with minwidth 10, padding 3).
 */
import {textWidth} from './text-width.js';

const MINIMUM = 10;
const PADDING = 3;

/** Lines without their ends; the header is the first row. */
export function formatTable(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.slice(0, -1).forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? MINIMUM, textWidth(cell) + PADDING);
    });
  }
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : pad(cell, widths[column] ?? 0)))
      .join(''),
  );
}

const pad = (cell: string, width: number): string =>
  cell + ' '.repeat(Math.max(0, width - textWidth(cell)));
