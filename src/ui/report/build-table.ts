/** Builds as rows of `builds`, and one build's steps as a table. */
import type {BuildSummary} from '../../app/builds/builds.js';
import {now} from '../../base/clock.js';
import {shortID} from '../../oci/digest.js';
import type {Row, Table} from '../text/listing.js';
import {printable} from '../text/printable.js';
import {formatTable} from '../text/table.js';
import {formatAge, formatBytes, seconds} from '../text/units.js';

export const BUILD_TABLE: Table = {
  headers: {
    ID: 'BUILD ID',
    Project: 'PROJECT',
    Name: 'NAME',
    Status: 'STATUS',
    Steps: 'STEPS',
    CachedSteps: 'CACHED',
    Duration: 'DURATION',
    CreatedSince: 'STARTED',
    CreatedAt: 'STARTED AT',
  },
  fields: ['ID', 'Project', 'Name', 'Status', 'CachedSteps', 'Duration', 'CreatedSince'],
};

export type BuildColumns = Row & {readonly ID: string};

export function buildColumns(build: BuildSummary, at: Date = now()): BuildColumns {
  const {id, project, tags, status, end, steps, startedAt} = build;
  const cached = steps.filter(({result}) => result === 'cached').length;
  return {
    ID: id,
    Project: project,
    Name: tags[0] ?? (end?.imageID ? shortID(end.imageID) : ''),
    Status: status,
    Steps: String(steps.length),
    CachedSteps: `${cached}/${steps.length}`,
    Duration: end ? seconds(end.duration) : '',
    CreatedSince: formatAge(startedAt, at),
    CreatedAt: startedAt,
  };
}

const STEP_HEADER = ['STEP', 'RESULT', 'DURATION', 'SIZE', 'LOG', 'KEY', 'INSTRUCTION'];

/** Lines without their ends. */
export function stepTable({steps, end}: BuildSummary): string[] {
  const rows = steps.map(({number, result, duration, size, logged, key, name}) => [
    String(number),
    result,
    seconds(duration),
    size === undefined ? '' : formatBytes(size, 3),
    logged === 0 ? '' : formatBytes(logged, 3),
    key === undefined ? '' : shortID(key),
    printable(name),
  ]);
  const error = end?.error;
  const failure = error ? ['', printable(`${error.code}: ${error.message}`)] : [];
  return [...formatTable([STEP_HEADER, ...rows]), ...failure];
}
