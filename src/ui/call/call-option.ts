/** `--call METHOD[,format=text|json][,ignorestatus=BOOL]`. Source: docker's buildx reference, --call. */
import {csvFields} from '../../base/csv-fields.js';
import {UsageError} from '../errors.js';

const METHODS = ['build', 'check', 'outline', 'targets'] as const;

export interface CallOption {
  readonly method: (typeof METHODS)[number];
  readonly format: 'text' | 'json';
  /** Exit with 0 whatever was found. */
  readonly ignoreStatus: boolean;
}

export function parseCall(text: string): CallOption {
  const [first = '', ...attributes] = csvFields(text) ?? [];
  const method = METHODS.find((known) => `${known}` === first || `method=${known}` === first);
  if (method === undefined) throw invalid(text, `want one of ${METHODS.join(', ')}`);
  const option = {method, format: 'text' as 'text' | 'json', ignoreStatus: false};
  for (const attribute of attributes) {
    const [name, value] = attribute.split('=', 2);
    if (name === 'format' && (value === 'text' || value === 'json')) option.format = value;
    else if (name === 'ignorestatus' && isTruth(value)) option.ignoreStatus = value !== 'false';
    else throw invalid(text, 'want format=text, format=json or ignorestatus=true after the method');
  }
  return option;
}

const isTruth = (value: string | undefined): boolean =>
  value === undefined || value === 'true' || value === 'false';

const invalid = (text: string, problem: string): UsageError =>
  new UsageError(`invalid --call ${JSON.stringify(text)}: ${problem}`);
