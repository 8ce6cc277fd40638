/** The difference of two builds for a terminal: totals, a table of the steps, and below each what changed in it. */
import type {BuildDiff, StepDiff} from '../../app/builds/diff-builds.js';
import {instructionOf} from '../../history/pair-steps.js';
import {shortID} from '../../oci/digest.js';
import {printable} from '../text/printable.js';
import {formatTable} from '../text/table.js';
import {formatBytes, seconds} from '../text/units.js';
import {changeLines} from './change-lines.js';
import {explanationLines} from './explanation-lines.js';

const SIGNS = {same: '=', added: '+', removed: '-', changed: '~'} as const;
const HEADER = ['', 'STEP', 'RESULT', 'DURATION', 'SIZE', 'INSTRUCTION'];
const SHOWN = 20;

/** Lines without their ends; of each step at most twenty files, or all. */
export function buildDiffText(diff: BuildDiff, {full}: {readonly full: boolean}): string[] {
  const [header = '', ...rows] = formatTable([HEADER, ...diff.steps.map(rowOf)]);
  return [
    ...totals(diff),
    '',
    header,
    ...diff.steps.flatMap((step, index) => [rows[index] ?? '', ...detailsOf(step, full)]),
  ];
}

function totals({before, after}: BuildDiff): string[] {
  return formatTable([
    ['build', two(before.id, after.id)],
    ['status', two(before.status, after.status)],
    ['started', two(before.startedAt, after.startedAt)],
    ['duration', twoOf(before.end?.duration, after.end?.duration, seconds)],
    ['image', twoOf(before.end?.imageID, after.end?.imageID, shortID)],
    ['size', twoOf(before.size, after.size, (bytes) => formatBytes(bytes, 3))],
  ]).map(printable);
}

function rowOf({change, was, now}: StepDiff): string[] {
  const size = (bytes: number): string => formatBytes(bytes, 3);
  return [
    SIGNS[change],
    String((now ?? was)?.number),
    twoOf(was?.result, now?.result, String),
    twoOf(was?.duration, now?.duration, seconds),
    twoOf(was?.size, now?.size, size),
    printable(twoOf(was, now, instructionOf)),
  ];
}

function detailsOf({files, explanation, change}: StepDiff, full: boolean): string[] {
  if (change === 'same') return [];
  const why = explanation ? explanationLines('why', explanation) : [];
  if (files === undefined) return [...why, 'files: its layer is no longer here'].map(indented);
  const shown = full ? files : files.slice(0, SHOWN);
  const more = files.length - shown.length;
  const rest = more > 0 ? [`and ${more} more files`] : [];
  return [...why, ...changeLines(shown), ...rest].map(indented);
}

const indented = (line: string): string => `    ${line}`;

/** One where they are the same, or where there is only one. */
function two(was: string, now: string): string {
  if (was === '' || now === '' || was === now) return now || was;
  return `${was} → ${now}`;
}

const twoOf = <Value>(
  was: Value | undefined,
  now: Value | undefined,
  format: (value: Value) => string,
): string => two(was === undefined ? '' : format(was), now === undefined ? '' : format(now));
