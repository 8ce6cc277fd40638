/** How layers are compressed that go to a registry. */
import * as Flags from '@oclif/core/flags';
import type {PackingRequest} from '../../app/build/packing-attributes.js';

export const packingFlags = {
  compression: Flags.option({
    description: 'how layers are packed that are not yet',
    options: ['gzip', 'zstd', 'uncompressed'] as const,
    default: 'gzip',
  })(),
  'compression-level': Flags.integer({
    description:
      'gzip 0 to 9 (default: igzip where it is installed, else 4), zstd 1 to 22 (default: 3)',
    helpValue: 'LEVEL',
  }),
  'force-compression': Flags.boolean({
    description: 'pack layers anew that are compressed otherwise',
  }),
};

interface Parsed {
  readonly compression: PackingRequest['compression'];
  readonly 'compression-level'?: number | undefined;
  readonly 'force-compression': boolean;
}

export const packingOf = (flags: Parsed): PackingRequest => ({
  compression: flags.compression,
  level: flags['compression-level'],
  force: flags['force-compression'],
});
