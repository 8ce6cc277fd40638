import * as Flags from '@oclif/core/flags';
import {listCache} from '../../src/app/cache/cache-entries.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {listing, repeatable} from '../../src/ui/flags/flags.js';
import {CACHE_TABLE, cacheRows} from '../../src/ui/report/cache-table.js';
import {fieldsShown, formatRows} from '../../src/ui/text/listing.js';

export default class CacheList extends BaseCommand {
  static override summary = 'list what the cache holds: which step, of which project, how large';
  static override aliases = ['cache:list'];
  static override examples = [
    '<%= config.bin %> cache ls --project hello',
    "<%= config.bin %> cache ls --filter 'description~=apt-get'",
  ];
  static override flags = {
    ...listing,
    project: Flags.string({description: 'only what this project used', helpValue: 'NAME'}),
    filter: Flags.string({
      description:
        'only entries with KEY=VALUE, KEY!=VALUE or KEY~=REGEXP; until=24h: unused since',
      helpValue: 'FILTER',
      ...repeatable,
    }),
  };

  async run(): Promise<readonly object[]> {
    const {flags} = await this.parse(CacheList);
    const {filter: filters = [], project, root} = flags;
    const entries = await listCache({filters, ...defined({project, root})});
    const fields = fieldsShown(CACHE_TABLE, flags.format);
    const rows = cacheRows(entries, {full: flags['no-trunc'], fields});
    const lines = flags.quiet
      ? rows.map(({ID}) => ID)
      : formatRows(rows, CACHE_TABLE, flags.format);
    this.logLines(lines);
    return entries;
  }
}
