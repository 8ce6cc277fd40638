import * as Flags from '@oclif/core/flags';
import {parseSize} from '../../base/parse-size.js';
import {UsageError} from '../errors.js';

/** A flag that takes `20MB`, `1.5GiB` and gives bytes; a unit without an i counts in thousands, as listings do. */
export const sizeFlag = (description: string) =>
  Flags.custom<number>({
    helpValue: 'SIZE',
    description,
    parse: async (text) => {
      const bytes = parseSize(text, {thousand: 1000});
      if (bytes === undefined) {
        throw new UsageError(`want a size such as 20MB, got ${JSON.stringify(text)}`);
      }
      return bytes;
    },
  })();
