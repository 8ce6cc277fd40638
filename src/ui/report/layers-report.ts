/**
 * The layers of an image for a terminal: a table of them, what each did to which file, what is waste, and the verdicts.
 *
 *   + added   ~ changed   - deleted
 */
import type {ImageLayer, LayersReport} from '../../app/image/image-layers.js';
import type {WasteCheck} from '../../app/image/waste-limits.js';
import type {FileChange} from '../../layer/inspect/file-change.js';
import {printable} from '../text/printable.js';
import {formatTable} from '../text/table.js';
import {cutToWidth} from '../text/text-width.js';
import {formatBytes} from '../text/units.js';
import {changeLines} from './change-lines.js';

export interface LayersView {
  /** Show what each layer did to which file. */
  readonly tree: boolean;
  /** Only this layer, from 1. */
  readonly layer?: number | undefined;
  /** Only these paths and what is below them. */
  readonly paths: readonly string[];
  readonly full: boolean;
}

const INSTRUCTION_WIDTH = 60;
const WORST = 10;
const HEADER = ['LAYER', 'SIZE', 'FILES', 'LINE', 'INSTRUCTION'];

/** The report with the layers that are to be shown, and their changes where those are. */
export function narrowed(report: LayersReport, view: LayersView): LayersReport {
  const wanted = view.paths.map((path) => path.replace(/^\/+|\/+$/g, ''));
  const layers = report.layers
    .filter(({number}) => view.layer === undefined || number === view.layer)
    .map((layer) => ({...layer, changes: changesIn(layer, view, wanted)}));
  const speaking = wanted.length === 0 ? layers : layers.filter(({changes}) => changes.length > 0);
  return {...report, layers: speaking};
}

const showsFiles = ({tree, paths}: LayersView): boolean => tree || paths.length > 0;

function changesIn(
  {changes}: ImageLayer,
  view: LayersView,
  wanted: readonly string[],
): readonly FileChange[] {
  return showsFiles(view) ? changes.filter((change) => isIn(change, wanted)) : [];
}

/** A directory that was deleted took with it what was wanted. */
function isIn({path, change}: FileChange, wanted: readonly string[]): boolean {
  if (wanted.length === 0) return true;
  return wanted.some(
    (want) =>
      want === '' ||
      path === want ||
      path.startsWith(`${want}/`) ||
      (change === 'deleted' && want.startsWith(`${path}/`)),
  );
}

/** Lines, without their ends, of a report that was narrowed to the view. */
export function layersText(report: LayersReport, view: LayersView): string[] {
  if (showsFiles(view)) {
    return report.layers.flatMap((layer) => [
      ...formatTable([rowOf(layer, view.full)]),
      ...changeLines(layer.changes).map((line) => `    ${line}`),
      '',
    ]);
  }
  const rows = report.layers.map((layer) => rowOf(layer, view.full));
  return [...formatTable([HEADER, ...rows]), '', ...wasteLines(report)];
}

function rowOf(layer: ImageLayer, full: boolean): string[] {
  const instruction = printable(instructionOf(layer).replaceAll(/\s+/g, ' '));
  return [
    String(layer.number),
    formatBytes(layer.size, 3),
    countsOf(layer.counts),
    printable(lineOf(layer)),
    full ? instruction : cutToWidth(instruction, INSTRUCTION_WIDTH),
  ];
}

/** `+12 ~3 -1`. */
const countsOf = ({added, changed, deleted}: ImageLayer['counts']): string =>
  [['+', added] as const, ['~', changed] as const, ['-', deleted] as const]
    .filter(([, count]) => count > 0)
    .map(([sign, count]) => `${sign}${count}`)
    .join(' ');

/** `Dockerfile:3`, `Dockerfile:3-5`; of a base's layer the line of its FROM. */
function lineOf({origin}: ImageLayer): string {
  if (origin?.lines === undefined) return '';
  const {first, last} = origin.lines;
  return `${origin.dockerfile}:${first === last ? first : `${first}-${last}`}`;
}

/** As the Dockerfile has it where that is known; of a base's layer what the base tells. */
function instructionOf({origin, createdBy = ''}: ImageLayer): string {
  if (origin !== undefined && !origin.isBase) return origin.step.replace(/^\[[^\]]*\] /, '');
  return createdBy.replace(/ # buildkit$/, '');
}

function wasteLines(report: LayersReport): string[] {
  const {efficiency, wastedBytes, userWastedPercent, visible, held, paths, checks} = report;
  const unseen = held - visible.bytes;
  const worst = paths
    .slice(0, WORST)
    .map(({bytes, layers, path}) => [formatBytes(bytes, 3), String(layers), printable(`/${path}`)]);
  return [
    `efficiency   ${percent(efficiency)}`,
    `wasted       ${formatBytes(wastedBytes, 3)}, ${percent(userWastedPercent)} of what is above the first layer`,
    `unseen       ${formatBytes(unseen, 3)} of ${formatBytes(held, 3)} in files that later layers hide`,
    ...(worst.length === 0 ? [] : ['', ...formatTable([['WASTED', 'LAYERS', 'PATH'], ...worst])]),
    ...(paths.length > WORST ? [`and ${paths.length - WORST} more paths`] : []),
    ...(checks.length === 0 ? [] : ['', ...checks.map(verdict)]),
  ];
}

function verdict({rule, limit, got, passed}: WasteCheck): string {
  const shown = rule === 'highestWastedBytes' ? formatBytes : percent;
  const wanted = `want ${rule === 'lowestEfficiency' ? 'at least' : 'at most'} ${shown(limit)}`;
  return `${passed ? 'PASS' : 'FAIL'}  ${rule}: ${wanted}, got ${shown(got)}`;
}

const percent = (part: number): string => `${(part * 100).toFixed(2)}%`;
