/**
 * SOURCE_DATE_EPOCH: the time of all that a build adds.
 *
 * A build arg comes before an ARG ahead of the first FROM; an empty one is none. `context`, the time of the build context, is
 * none either for files, which have no time of their own.
 * Source  BuildKit docs/build-repro.md; reproducible-builds.org/specs/source-date-epoch.
 */
import {parseEpoch} from '../base/clock.js';
import type {Dockerfile} from '../dockerfile/stages.js';
import {InvalidValueError, SourceDateEpochError} from './errors.js';

const NAME = 'SOURCE_DATE_EPOCH';

/** Takes `context` out of the values: an ARG of a stage does not see it. Throws SourceDateEpochError, InvalidValueError. */
export function sourceDateEpoch(
  {globalArgs}: Dockerfile,
  buildArgs: Map<string, string>,
  globals: Map<string, string>,
): Date | undefined {
  const given = buildArgs.get(NAME);
  const text = given ?? globals.get(NAME) ?? '';
  if (text === 'context') for (const values of [buildArgs, globals]) values.delete(NAME);
  if (text === '' || text === 'context') return undefined;
  const epoch = parseEpoch(text);
  if (epoch !== undefined) return epoch;
  const declared = globalArgs.find(({args}) => args.some(({key}) => key === NAME));
  if (given !== undefined || declared === undefined) throw new SourceDateEpochError(text);
  throw new InvalidValueError(SourceDateEpochError.messageFor(text), declared);
}
