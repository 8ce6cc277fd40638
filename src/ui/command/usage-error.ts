/** oclif's complaints about a command line, in our words: what was typed, what was wanted. */
import {nearest} from '../../dockerfile/did-you-mean.js';
import {UsageError} from '../errors.js';

interface ParseFailure extends Error {
  readonly parse?: unknown;
  readonly flags?: unknown;
  readonly args?: unknown;
  readonly oclif?: unknown;
}

/** A UsageError for what oclif's parser threw; anything else comes back as it is. */
export function asUsageError(error: Error, command: string, flags: readonly string[]): Error {
  const failure = error as ParseFailure;
  if (!('parse' in failure) && !('oclif' in failure)) return error;
  return new UsageError(complaint(failure, flags), {
    hint: `See 'tsbuild ${command} --help'.`,
  });
}

/** By the fields each failure carries: its class names do not survive bundling. */
function complaint(failure: ParseFailure, known: readonly string[]): string {
  const {flags, args} = failure;
  if (isTexts(flags)) return unknownFlags(flags, known);
  if (isTexts(args)) return `unexpected argument: ${args.join(' ')}`;
  if (Array.isArray(args)) {
    const names = (args as {name: string}[]).map(({name}) => name.toUpperCase());
    return `missing ${names.join(' and ')}`;
  }
  const [told = ''] = failure.message.split('\nSee more help');
  const first = told.replace(/^The following errors? occurred:\s*/, '');
  return first.charAt(0).toLowerCase() + first.slice(1);
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && typeof value[0] === 'string';

function unknownFlags(typed: readonly string[], flags: readonly string[]): string {
  const [flag = ''] = typed;
  const near = nearest(flag.replace(/^-+/, '').replace(/=.*/, ''), flags);
  return `unknown flag: ${flag}${near === undefined ? '' : ` (did you mean --${near}?)`}`;
}
