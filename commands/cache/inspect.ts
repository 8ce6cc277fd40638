import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {type InspectedEntry, inspectCache} from '../../src/app/cache/cache-entries.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {formatDocuments} from '../../src/ui/text/listing.js';

export default class CacheInspect extends BaseCommand {
  static override summary = 'show an entry of the cache, and what its key was made of';
  static override args = {
    id: Args.string({
      description: 'key of a result, or its first digits; or a cache mount or git repository',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    format: Flags.string({
      char: 'f',
      description: "'json' or a Go template",
      helpValue: 'TEMPLATE',
    }),
  };

  async run(): Promise<InspectedEntry> {
    const {args, flags} = await this.parse(CacheInspect);
    const entry = await inspectCache({id: args.id, ...defined({root: flags.root})});
    this.log(formatDocuments([entry], flags.format));
    return entry;
  }
}
