/** The warnings of a build, as docker sums them up at its end. */
import type {BuildEvent} from '../../app/build-event.js';
import {printable} from '../printable.js';

type Loaded = Extract<BuildEvent, {kind: 'loaded'}>;

export function warningSummary(warnings: Loaded['warnings']): string {
  if (warnings.length === 0) return '';
  const count = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
  const rows = warnings.map(({rule, message, lines}) => {
    const place = lines === undefined ? '' : ` (line ${lines.first})`;
    return ` - ${rule}: ${printable(message)}${place}`;
  });
  return ['', ` ${count} found:`, ...rows, ''].join('\n');
}
