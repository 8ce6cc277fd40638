/**
 * One `RUN --mount`, cut into fields. What they mean is known after expansion, so the frontend reads them.
 *
 * Source  docker's Dockerfile reference, RUN --mount; buildkit v0.26 instructions/commands_runmount.go.
 */
import {csvFields} from '../base/csv-fields.js';
import {DockerfileParseError, type Place} from './errors.js';
import type {FlagText} from './flags.js';

export interface MountFlag {
  readonly fields: readonly MountField[];
  /** Where its files are from: a stage, an image, a context; never expanded. */
  readonly from: string | undefined;
  readonly place: Place;
}

export interface MountField {
  /** Lower case. */
  readonly key: string;
  /** Undefined for a word alone: `ro`. */
  readonly value: string | undefined;
}

export function parseMountFlag({text, place}: FlagText): MountFlag {
  const written = csvFields(text);
  if (written === undefined) {
    throw new DockerfileParseError(
      `--mount: want comma-separated fields, got ${text}`,
      place,
      'Put a field that holds a comma or a quote into double quotes.',
    );
  }
  const fields = written.map(readField);
  const from = fields.findLast(({key}) => key === 'from')?.value;
  return {fields, from: from === '' ? undefined : from, place};
}

function readField(field: string): MountField {
  const equals = field.indexOf('=');
  return equals === -1
    ? {key: field.toLowerCase(), value: undefined}
    : {key: field.slice(0, equals).toLowerCase(), value: field.slice(equals + 1)};
}
