/**
 * A failure as a person reads it, and the exit code that goes with it.
 *
 *   Dockerfile:2                     the frame, where the failure has a place in a file
 *   …
 *   tsbuild: failed to solve: …      the message
 *     caused by: …                   what was underneath, unless the message said it
 *     hint: …                        what to do
 *     code: E_STEP_FAILED, E_OFFLINE what scripts match on: of a step also the code of what failed in it
 *
 * Anything that is no TsbuildError and no refusal of the system is a bug, and is shown with its stack.
 */
import {InvalidOptionError} from '../../app/errors.js';
import {TsbuildError} from '../../base/error.js';
import type {Lines} from '../../dockerfile/location.js';
import {type Source, sourceFrame} from '../../dockerfile/source-frame.js';
import {CommandNotExecutableError, CommandNotFoundError} from '../../sandbox/errors.js';
import {SolveError} from '../../solver/errors.js';
import {InterruptedError, UsageError} from '../errors.js';
import {printable} from '../text/printable.js';

export const EXIT_FAILURE = 1;
/** docker's: the tool failed, not what it ran. */
export const EXIT_USAGE = 125;

export interface ErrorReport {
  readonly text: string;
  readonly exitCode: number;
  /** For `--json`. */
  readonly fields: {
    readonly code: string;
    /** Of what failed in a step. */
    readonly causeCode?: string;
    readonly message: string;
    readonly hint?: string;
    readonly causes?: readonly string[];
    readonly lines?: Lines;
  };
}

/** `source` is the Dockerfile, where one was read; `failure` the command's exit code for failures. */
export function reportError(
  error: unknown,
  {source, failure = EXIT_FAILURE}: {source?: Source | undefined; failure?: number} = {},
): ErrorReport {
  const found = asError(error);
  const lines = linesOf(found);
  const causes = newCauses(found);
  const hint = found instanceof TsbuildError ? found.hint : undefined;
  const blamed = blamedFor(found);
  const code = codeOf(blamed);
  const causeCode = causeCodeOf(blamed);
  const frame = lines === undefined || source === undefined ? [] : framed(source, lines);
  const text = [
    ...frame,
    `tsbuild: ${message(found, code)}`,
    ...causes.map((cause) => `  caused by: ${cause}`),
    ...(hint === undefined ? [] : [`  hint: ${hint}`]),
    `  code: ${causeCode === undefined ? code : `${code}, ${causeCode}`}`,
    ...(code === BUG ? [(blamed.stack ?? '').split('\n').map(printable).join('\n')] : []),
    '',
  ].join('\n');
  return {
    text,
    exitCode: exitCodeOf(found, failure),
    fields: {
      code,
      ...(causeCode === undefined ? {} : {causeCode}),
      message: found.message,
      ...(hint === undefined ? {} : {hint}),
      ...(causes.length === 0 ? {} : {causes}),
      ...(lines === undefined ? {} : {lines}),
    },
  };
}

const BUG = 'E_BUG';
const SYSTEM = 'E_SYSTEM';
/** What a machine may refuse at any time; other errno values where nobody expected them are bugs. */
const REFUSALS = new Set(
  'ENOSPC EDQUOT EROFS EACCES EPERM EMFILE ENFILE EIO ENOMEM ENOENT ENOTDIR EISDIR'.split(' '),
);

function message(error: Error, code: string): string {
  const text = error.message.split('\n').map(printable).join('\n  ');
  return code === BUG ? `this is a bug in tsbuild, please report it: ${text}` : text;
}

/** A step that failed for no reason a person can act on is a bug, and not the step's failure. */
function blamedFor(error: Error): Error {
  const {cause} = error;
  const hidden = error instanceof SolveError && cause instanceof Error;
  return hidden && !(cause instanceof TsbuildError) ? cause : error;
}

function codeOf(error: Error): string {
  if (error instanceof TsbuildError) return error.code;
  const {code, syscall} = error as NodeJS.ErrnoException;
  return syscall !== undefined && code !== undefined && REFUSALS.has(code) ? SYSTEM : BUG;
}

const causeCodeOf = (error: Error): string | undefined =>
  error instanceof SolveError && error.cause instanceof TsbuildError ? error.cause.code : undefined;

function exitCodeOf(error: Error, failure: number): number {
  if (error instanceof UsageError || error instanceof InvalidOptionError) return EXIT_USAGE;
  if (error instanceof InterruptedError) return error.exitCode;
  const isOfCommand =
    error instanceof CommandNotFoundError || error instanceof CommandNotExecutableError;
  return isOfCommand ? error.exitCode : failure;
}

/** Messages of the causes that say more than the messages above them. */
function newCauses(error: Error): string[] {
  const said = [error.message];
  const causes: string[] = [];
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    const text = printable(cause.message.replaceAll('\n', ' '));
    if (said.every((earlier) => !earlier.includes(cause.message))) causes.push(text);
    said.push(cause.message);
  }
  return causes;
}

/** The nearest place in the Dockerfile along the chain of causes. */
function linesOf(error: Error): Lines | undefined {
  for (let link: unknown = error; link instanceof Error; link = link.cause) {
    const {lines, vertex} = link as {lines?: Lines; vertex?: {lines?: Lines}};
    if (lines !== undefined) return lines;
    if (vertex?.lines !== undefined) return vertex.lines;
  }
  return undefined;
}

const framed = (source: Source, lines: Lines): string[] =>
  sourceFrame(source, lines).split('\n').map(printable);

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(`thrown: ${String(error)}`);
