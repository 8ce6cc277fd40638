/**
 * `--output`: `type=TYPE[,dest=PATH][,NAME=VALUE…]` as a line of CSV, or a path alone.
 *
 * Names are read in lower case. `DIRECTORY` alone is `type=local`, `-` alone `type=tar`, and an archive without a
 * destination goes to stdout.
 * Source  docker buildx build's reference, --output; buildx util/buildflags/export.go.
 */
import {csvFields} from '../../base/csv-fields.js';
import {InvalidOptionError} from '../errors.js';
import {attributesOf} from '../option-attributes.js';

export interface OutputOption {
  readonly type: string;
  /** A path, or `-` for stdout. */
  readonly destination: string | undefined;
  readonly attributes: ReadonlyMap<string, string>;
}

export function parseOutput(text: string): OutputOption {
  const fields = csvFields(text);
  if (fields === undefined) throw invalid(`want CSV, got ${JSON.stringify(text)}`);
  const [only = ''] = fields;
  if (fields.length === 1 && only === text && !text.startsWith('type=')) {
    if (text === '') throw invalid('want a directory, - or type=…, got nothing');
    return {type: text === '-' ? 'tar' : 'local', destination: text, attributes: new Map()};
  }
  const attributes = attributesOf(text, '--output');
  const {type, dest: destination} = Object.fromEntries(attributes);
  if (type === undefined || type === '') throw invalid('type is required');
  attributes.delete('type');
  attributes.delete('dest');
  return {type, destination: destination || usualPlace(type, attributes), attributes};
}

function usualPlace(type: string, attributes: ReadonlyMap<string, string>): string | undefined {
  const archive = type === 'tar' || (type === 'oci' && attributes.get('tar') !== 'false');
  return archive ? '-' : undefined;
}

const invalid = (problem: string): InvalidOptionError =>
  new InvalidOptionError('--output', problem);
