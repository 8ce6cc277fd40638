import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {type HistoryRow, imageHistory} from '../../src/app/image/image-history.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {listing} from '../../src/ui/flags/flags.js';
import {HISTORY_TABLE, historyColumns} from '../../src/ui/report/history-table.js';
import {formatRows} from '../../src/ui/text/listing.js';

export default class ImageHistory extends BaseCommand {
  static override summary = 'show how an image was made, last step first';
  static override aliases = ['history'];
  static override args = {
    image: Args.string({description: 'image by name or id', required: true, ignoreStdin: true}),
  };
  static override flags = {
    ...listing,
    human: Flags.boolean({
      char: 'H',
      description: 'sizes and dates for people',
      default: true,
      allowNo: true,
    }),
  };

  async run(): Promise<readonly HistoryRow[]> {
    const {args, flags} = await this.parse(ImageHistory);
    const history = await imageHistory({reference: args.image, ...defined({root: flags.root})});
    const rows = history.map((row) =>
      historyColumns(row, {full: flags['no-trunc'], human: flags.human}),
    );
    const lines = flags.quiet
      ? rows.map(({ID}) => ID)
      : formatRows(rows, HISTORY_TABLE, flags.format);
    for (const line of lines) this.log(line);
    return history;
  }
}
