/** The flags of `image layers` that set limits, and the limits they come to. */
import * as Flags from '@oclif/core/flags';
import type {WasteLimits} from '../../app/image/waste-limits.js';
import {defined} from '../command/defined.js';
import {UsageError} from '../errors.js';
import {sizeFlag} from './size-flag.js';

export const wasteFlags = {
  ci: Flags.boolean({
    description: 'hold the image to the limits given, else efficiency 0.9 and user waste 0.1',
  }),
  'lowest-efficiency': fraction('fail below this efficiency'),
  'highest-wasted-bytes': sizeFlag('fail above this many wasted bytes, like 20MB'),
  'highest-user-wasted-percent': fraction(
    'fail when more than this part of what is above the first layer is wasted',
  ),
};

interface Limits {
  readonly ci: boolean;
  readonly 'lowest-efficiency'?: number | undefined;
  readonly 'highest-wasted-bytes'?: number | undefined;
  readonly 'highest-user-wasted-percent'?: number | undefined;
}

/** dive's defaults where a limit was asked for and not given. */
export function wasteLimits(flags: Limits): WasteLimits {
  const given = defined({
    lowestEfficiency: flags['lowest-efficiency'],
    highestWastedBytes: flags['highest-wasted-bytes'],
    highestUserWastedPercent: flags['highest-user-wasted-percent'],
  });
  return flags.ci ? {lowestEfficiency: 0.9, highestUserWastedPercent: 0.1, ...given} : given;
}

function fraction(description: string) {
  return Flags.custom<number>({
    helpValue: '0..1',
    description,
    parse: async (text) => {
      const number = Number(text);
      if (text.trim() !== '' && number >= 0 && number <= 1) return number;
      throw new UsageError(`want a number from 0 to 1, got ${JSON.stringify(text)}`);
    },
  })();
}
