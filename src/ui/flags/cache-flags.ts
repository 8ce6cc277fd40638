/** Flags of a build that share its cache with other machines, and the request they come to. */
import * as Flags from '@oclif/core/flags';
import {repeatable} from './flags.js';

export const cacheFlags = {
  'cache-from': Flags.string({
    description:
      'take results from a shared cache: type=registry,ref=NAME, or NAME alone; type=local,src=DIRECTORY',
    helpValue: 'CACHE',
    ...repeatable,
  }),
  'cache-to': Flags.string({
    description:
      'write the results to a shared cache: type=registry,ref=NAME, or NAME alone; type=local,dest=DIRECTORY; type=inline; mode=max for those of all stages',
    helpValue: 'CACHE',
    ...repeatable,
  }),
};

interface CacheFlags {
  readonly 'cache-from': readonly string[] | undefined;
  readonly 'cache-to': readonly string[] | undefined;
}

export const cacheRequest = (flags: CacheFlags) => ({
  cacheFrom: flags['cache-from'] ?? [],
  cacheTo: flags['cache-to'] ?? [],
});
