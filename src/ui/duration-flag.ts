import * as Flags from '@oclif/core/flags';
import {parseDuration} from '../dockerfile/duration.js';
import {UsageError} from './errors.js';

/** A flag that takes `90s`, `1h30m` and gives milliseconds. */
export const durationFlag = (options: {description: string; default: string}) =>
  Flags.custom<number>({
    helpValue: 'DURATION',
    description: `${options.description} (default: ${options.default})`,
    default: async () => milliseconds(options.default),
    parse: async (text) => milliseconds(text),
  })();

function milliseconds(text: string): number {
  const nanoseconds = parseDuration(text);
  if (nanoseconds !== undefined && nanoseconds >= 0) return nanoseconds / 1e6;
  throw new UsageError(`want a duration such as 1m30s, got ${JSON.stringify(text)}`);
}
