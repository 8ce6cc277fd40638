/** oclif's complaints about a command line, in our words: what was typed, what was wanted. */
import {didYouMean, nearest} from '../../dockerfile/did-you-mean.js';
import {UsageError} from '../errors.js';
import {hintForCommand, hintForFlag} from './docker-words.js';

interface ParseFailure extends Error {
  readonly parse?: unknown;
  readonly flags?: unknown;
  readonly args?: unknown;
  readonly oclif?: unknown;
}

interface Called {
  readonly id: string;
  /** The words that were typed for it: `images` for `image:ls`. */
  readonly typed: string;
  /** Names of its flags. */
  readonly flags: readonly string[];
}

/** A UsageError for what oclif's parser threw; anything else comes back as it is. */
export function asUsageError(error: Error, called: Called): Error {
  const failure = error as ParseFailure;
  if (!('parse' in failure) && !('oclif' in failure)) return error;
  return new UsageError(complaint(failure, called), {
    hint: hintFor(failure.flags, called) ?? `See 'tsbuild ${called.typed} --help'.`,
  });
}

const hintFor = (flags: unknown, {id}: Called): string | undefined =>
  isTexts(flags) ? hintForFlag(id, flags[0]) : undefined;

/** Of the first words of a command line that are no command. */
export function unknownCommand(typed: string, commands: readonly string[]): UsageError {
  const hint = hintForCommand(typed);
  const guess = hint === undefined ? didYouMean(typed, commands) : '';
  return new UsageError(`unknown command: ${typed}${guess}`, {
    hint: hint ?? `See 'tsbuild --help'.`,
  });
}

/** By the fields each failure carries: its class names do not survive bundling. */
function complaint(failure: ParseFailure, called: Called): string {
  const {flags, args} = failure;
  if (isTexts(flags)) return unknownFlag(flags[0], called);
  if (isTexts(args)) return `unexpected argument: ${args.join(' ')}`;
  if (Array.isArray(args)) {
    const names = (args as {name: string}[]).map(({name}) => name.toUpperCase());
    return `missing ${names.join(' and ')}`;
  }
  const [told = ''] = failure.message.split('\nSee more help');
  const first = told.replace(/^The following errors? occurred:\s*/, '');
  return first.charAt(0).toLowerCase() + first.slice(1);
}

const isTexts = (value: unknown): value is [string, ...string[]] =>
  Array.isArray(value) && typeof value[0] === 'string';

/** A flag of docker's was not misspelt. */
function unknownFlag(flag: string, {id, flags}: Called): string {
  if (hintForFlag(id, flag) !== undefined) return `unknown flag: ${flag}`;
  const near = nearest(flag.replace(/^-+/, '').replace(/=.*/, ''), flags);
  return `unknown flag: ${flag}${near === undefined ? '' : ` (did you mean --${near}?)`}`;
}
