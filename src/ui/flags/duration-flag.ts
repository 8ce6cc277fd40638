import * as Flags from '@oclif/core/flags';
import {parseDuration} from '../../base/duration.js';
import {UsageError} from '../errors.js';

/** A flag that takes `90s`, `1h30m` and gives milliseconds. */
export const durationFlag = (options: {description: string; default: string}) =>
  Flags.custom<number>({
    ...optionalDuration(options.description),
    description: `${options.description} (default: ${options.default})`,
    default: async () => milliseconds(options.default),
    // The description tells it as people write it.
    noCacheDefault: true,
  })();

/** The same without a default. */
export const optionalDurationFlag = (description: string) =>
  Flags.custom<number>(optionalDuration(description))();

const optionalDuration = (description: string) => ({
  helpValue: 'DURATION',
  description,
  parse: async (text: string) => milliseconds(text),
});

function milliseconds(text: string): number {
  const nanoseconds = parseDuration(text);
  if (nanoseconds !== undefined && nanoseconds >= 0) return nanoseconds / 1e6;
  throw new UsageError(`want a duration such as 1m30s, got ${JSON.stringify(text)}`);
}
