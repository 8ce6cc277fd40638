/**
 * The warnings of a build, as docker sums them up at its end, each with the lines of the Dockerfile it is about.
 *
 *    1 warning found:
 *    - JSONArgsRecommended: JSON arguments recommended for CMD … (line 3)
 *   Dockerfile:3
 *   --------------------
 *      3 | >>> CMD echo
 *   --------------------
 */
import type {BuildEvent} from '../../app/build/build-event.js';
import {type Source, sourceFrame} from '../../dockerfile/source-frame.js';
import {printable} from '../text/printable.js';
import {plural} from '../text/units.js';

type Loaded = Extract<BuildEvent, {kind: 'loaded'}>;
type Warning = Loaded['warnings'][number];

export function warningSummary({
  warnings,
  dockerfile,
}: Pick<Loaded, 'warnings' | 'dockerfile'>): string {
  if (warnings.length === 0) return '';
  const rows = warnings.flatMap((warning) => [
    ` - ${warningLine(warning)}`,
    ...warningFrame(warning, dockerfile),
  ]);
  return ['', ` ${plural(warnings.length, 'warning')} found:`, ...rows, ''].join('\n');
}

export function warningLine({rule, message, lines}: Warning): string {
  const place = lines === undefined ? '' : ` (line ${lines.first})`;
  return `${rule}: ${printable(message)}${place}`;
}

/** Nothing for a warning about the command line. */
export const warningFrame = ({lines}: Warning, source: Source): string[] =>
  lines === undefined ? [] : sourceFrame(source, lines).split('\n').map(printable);
