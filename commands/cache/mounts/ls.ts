import {type CacheMountFolder, listMountsOfCache} from '../../../src/app/cache/cache-mounts.js';
import {BaseCommand} from '../../../src/ui/command/base-command.js';
import {defined} from '../../../src/ui/command/defined.js';
import {listing} from '../../../src/ui/flags/flags.js';
import {CACHE_MOUNT_TABLE, cacheMountColumns} from '../../../src/ui/report/cache-mount-table.js';
import {formatRows} from '../../../src/ui/text/listing.js';

export default class CacheMountsList extends BaseCommand {
  static override summary = 'list the directories of RUN --mount=type=cache';
  static override flags = {format: listing.format};

  async run(): Promise<readonly CacheMountFolder[]> {
    const {flags} = await this.parse(CacheMountsList);
    const mounts = await listMountsOfCache(defined({root: flags.root}));
    const rows = mounts.map(cacheMountColumns);
    for (const line of formatRows(rows, CACHE_MOUNT_TABLE, flags.format)) this.log(line);
    return mounts;
  }
}
