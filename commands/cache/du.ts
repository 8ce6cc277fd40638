import * as Flags from '@oclif/core/flags';
import {listCache} from '../../src/app/cache-entries.js';
import {BaseCommand} from '../../src/ui/base-command.js';
import {
  cacheColumns,
  DISK_USAGE_TABLE,
  totalLines,
  verboseLines,
} from '../../src/ui/cache-table.js';
import {defined} from '../../src/ui/defined.js';
import {repeatable} from '../../src/ui/flags.js';
import {formatRows} from '../../src/ui/listing.js';

export default class CacheDiskUsage extends BaseCommand {
  static override summary = 'show what the cache takes of the disk';
  static override examples = ['<%= config.bin %> cache du --verbose --filter type=regular'];
  static override flags = {
    filter: Flags.string({
      description:
        'only entries with KEY=VALUE, KEY!=VALUE or KEY~=REGEXP; until=24h: unused since',
      helpValue: 'FILTER',
      ...repeatable,
    }),
    format: Flags.string({
      description: "'table', 'table TEMPLATE', 'json' or a Go template",
      helpValue: 'FORMAT',
    }),
    verbose: Flags.boolean({description: 'everything about each entry'}),
  };

  async run(): Promise<readonly object[]> {
    const {flags} = await this.parse(CacheDiskUsage);
    const {filter: filters = [], format, verbose, root} = flags;
    const entries = await listCache({filters, ...defined({root})});
    const rows = entries.map((entry) => cacheColumns(entry, {full: verbose}));
    const lines = verbose ? rows.flatMap(verboseLines) : formatRows(rows, DISK_USAGE_TABLE, format);
    for (const line of lines) this.log(line);
    if (format === undefined) for (const line of totalLines(entries)) this.log(line);
    return entries;
  }
}
