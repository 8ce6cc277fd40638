/**
 * SOURCE_DATE_EPOCH: the time of all that a build adds.
 *
 * A build arg comes before an ARG ahead of the first FROM; an empty one is none. `context` is the time of the build context: of its
 * commit, or of its archive. For files, which have no time of their own, it is none either.
 * Source  BuildKit docs/build-repro.md; reproducible-builds.org/specs/source-date-epoch.
 */
import {parseEpoch} from '../base/clock.js';
import type {Dockerfile} from '../dockerfile/stages.js';
import {InvalidValueError, SourceDateEpochError} from './errors.js';

const NAME = 'SOURCE_DATE_EPOCH';

/** Puts seconds in the place of `context`, or nothing: an ARG of a stage never sees the word. Throws SourceDateEpochError, InvalidValueError. */
export function sourceDateEpoch(
  {globalArgs}: Dockerfile,
  buildArgs: Map<string, string>,
  globals: Map<string, string>,
  contextTime: Date | undefined,
): Date | undefined {
  const given = buildArgs.get(NAME);
  const text = given ?? globals.get(NAME) ?? '';
  if (text === 'context') {
    for (const values of [buildArgs, globals]) replace(values, contextTime);
    return contextTime;
  }
  if (text === '') return undefined;
  const epoch = parseEpoch(text);
  if (epoch !== undefined) return epoch;
  const declared = globalArgs.find(({args}) => args.some(({key}) => key === NAME));
  if (given !== undefined || declared === undefined) throw new SourceDateEpochError(text);
  throw new InvalidValueError(SourceDateEpochError.messageFor(text), declared);
}

function replace(values: Map<string, string>, time: Date | undefined): void {
  if (time === undefined) values.delete(NAME);
  else if (values.has(NAME)) values.set(NAME, String(Math.floor(time.getTime() / 1000)));
}
