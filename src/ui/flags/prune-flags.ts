/** Flags of what takes things out of the cache. */
import * as Flags from '@oclif/core/flags';
import {type DiskShare, parseDiskShare} from '../../app/cache/disk-share.js';
import type {PruneCacheRequest} from '../../app/cache/prune-cache.js';
import {defined} from '../command/defined.js';
import {UsageError} from '../errors.js';

export const pruneFlags = {
  'reserved-space': Flags.string({
    description: 'floor: never go below this much of cache; bytes like 10GB, or 10% of the disk',
    helpValue: 'SIZE',
    aliases: ['keep-storage'],
  }),
  'max-used-space': Flags.string({description: 'cap of the cache', helpValue: 'SIZE'}),
  'min-free-space': Flags.string({
    description: 'free space that the disk is to have',
    helpValue: 'SIZE',
  }),
  'dry-run': Flags.boolean({description: 'remove nothing, say what would go'}),
  explain: Flags.boolean({description: 'say by which rule each entry goes'}),
};

interface Parsed {
  readonly 'reserved-space': string | undefined;
  readonly 'max-used-space': string | undefined;
  readonly 'min-free-space': string | undefined;
  readonly 'dry-run': boolean;
  readonly root: string | undefined;
}

export const pruneRequest = (flags: Parsed): PruneCacheRequest => ({
  dryRun: flags['dry-run'],
  ...defined({
    reservedSpace: share(flags['reserved-space'], '--reserved-space'),
    maxUsedSpace: share(flags['max-used-space'], '--max-used-space'),
    minFreeSpace: share(flags['min-free-space'], '--min-free-space'),
    root: flags.root,
  }),
});

function share(text: string | undefined, flag: string): DiskShare | undefined {
  if (text === undefined) return undefined;
  const parsed = parseDiskShare(text);
  if (parsed === undefined) {
    throw new UsageError(`invalid ${flag}: want a size like 10GB or a share like 10%, got ${text}`);
  }
  return parsed;
}
