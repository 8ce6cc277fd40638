import * as Flags from '@oclif/core/flags';
import {type PrunedCache, pruneCache} from '../../src/app/cache/prune-cache.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {confirm} from '../../src/ui/command/confirm.js';
import {defined} from '../../src/ui/command/defined.js';
import {repeatable} from '../../src/ui/flags/flags.js';
import {pruneFlags, pruneRequest} from '../../src/ui/flags/prune-flags.js';
import {pruneLines} from '../../src/ui/report/prune-lines.js';

export default class CachePrune extends BaseCommand {
  static override summary = 'remove results that no image has, cache mounts, and git repositories';
  static override aliases = ['builder:prune', 'buildx:prune'];
  static override description =
    'What builds and containers use at this moment stays, and so does what something that stays was made from.';
  static override examples = [
    '<%= config.bin %> cache prune --filter until=240h',
    '<%= config.bin %> cache prune --project hello --dry-run --explain',
    '<%= config.bin %> cache prune -f --max-used-space 20GB',
  ];
  static override flags = {
    all: Flags.boolean({char: 'a', description: 'also results whose layers an image has'}),
    force: Flags.boolean({char: 'f', description: 'do not ask'}),
    filter: Flags.string({
      description:
        'only entries with KEY=VALUE, KEY!=VALUE or KEY~=REGEXP; until=24h: unused since',
      helpValue: 'FILTER',
      ...repeatable,
    }),
    project: Flags.string({
      description: 'only what this project used; what others use stays for them',
      helpValue: 'NAME',
    }),
    ...pruneFlags,
  };

  async run(): Promise<PrunedCache> {
    const {flags} = await this.parse(CachePrune);
    const {all, force, filter: filters = [], project} = flags;
    const dryRun = flags['dry-run'];
    const what = all ? 'all of the cache' : 'all of the cache that no image has';
    if (!force && !dryRun && !(await confirm(`This removes ${what}.`))) {
      return {removed: [], reclaimed: 0, kept: 0};
    }
    const request = {...pruneRequest(flags), all, filters, ...defined({project})};
    const pruned = await pruneCache(request);
    this.logLines(pruneLines(pruned, {dryRun, explain: flags.explain}));
    return pruned;
  }
}
