import * as Flags from '@oclif/core/flags';
import {collectCache} from '../../src/app/cache/collect-cache.js';
import type {PrunedCache} from '../../src/app/cache/prune-cache.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {pruneFlags, pruneRequest} from '../../src/ui/flags/prune-flags.js';
import {pruneLines} from '../../src/ui/report/prune-lines.js';

export default class CacheCollect extends BaseCommand {
  static override summary = 'bring the cache within its bounds, as happens after builds';
  static override description =
    'In this order, the longest unused first: cache mounts, git repositories and digests of contexts unused for 48 hours, over 512 MB; what is ' +
    'unused for 60 days, over the floor; what no image has, over the cap; anything over the cap. Without flags the floor is a tenth of the disk, at most ' +
    '10 GB, the cap eight tenths, at most 100 GB, and a fifth of the disk is to be free. After a build this happens ' +
    'once a day, and when the cap or the disk is reached; TSBUILD_GC=off turns that off. What builder.gc of daemon.json says takes the place of all this; bounds given here take the place of its policy.';
  static override examples = ['<%= config.bin %> cache gc --dry-run --explain'];
  static override flags = {
    ...pruneFlags,
    'daemon-json': Flags.string({
      description: "docker's daemon.json with builder.gc",
      helpValue: 'FILE',
    }),
  };

  async run(): Promise<PrunedCache> {
    const {flags} = await this.parse(CacheCollect);
    const dryRun = flags['dry-run'];
    const pruned = await collectCache({
      ...pruneRequest(flags),
      ...defined({daemonJSON: flags['daemon-json']}),
    });
    this.logLines(pruneLines(pruned, {dryRun, explain: flags.explain}));
    return pruned;
  }
}
