/** The difference of two images for a terminal: sizes, config, then files. */
import type {ImageDiff} from '../../app/image/diff-images.js';
import {formatBytes} from '../text/units.js';
import {changeLines} from './change-lines.js';
import {valueLines} from './value-lines.js';

/** Lines without their ends; none where nothing differs. */
export function imageDiffText({before, after, config, files}: ImageDiff): string[] {
  if (before.imageID === after.imageID) return [];
  const growth = after.size - before.size;
  const sign = growth < 0 ? '-' : '+';
  return [
    `size     ${formatBytes(before.size, 3)} → ${formatBytes(after.size, 3)} (${sign}${formatBytes(Math.abs(growth), 3)})`,
    `layers   ${before.layers} → ${after.layers}`,
    ...section('config', valueLines(config)),
    ...section('files', changeLines(files)),
  ];
}

const section = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
