import * as Flags from '@oclif/core/flags';
import {listCache} from '../../src/app/cache/cache-entries.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {repeatable} from '../../src/ui/flags/flags.js';
import {
  cacheRows,
  DISK_USAGE_TABLE,
  totalLines,
  verboseLines,
} from '../../src/ui/report/cache-table.js';
import {fieldsShown, formatRows} from '../../src/ui/text/listing.js';

export default class CacheDiskUsage extends BaseCommand {
  static override summary = 'show what the cache takes of the disk';
  static override aliases = ['buildx:du'];
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
    const fields = verbose ? undefined : fieldsShown(DISK_USAGE_TABLE, format);
    const rows = cacheRows(entries, {full: verbose, fields});
    const lines = verbose ? rows.flatMap(verboseLines) : formatRows(rows, DISK_USAGE_TABLE, format);
    this.logLines(lines);
    if (format === undefined) this.logLines(totalLines(entries));
    return entries;
  }
}
