import * as Flags from '@oclif/core/flags';
import {pruneImages} from '../../src/app/image/prune-images.js';
import type {Removal} from '../../src/app/image/remove-images.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {confirm} from '../../src/ui/command/confirm.js';
import {defined} from '../../src/ui/command/defined.js';
import {parseFilters} from '../../src/ui/flags/filters.js';
import {repeatable} from '../../src/ui/flags/flags.js';
import {removalLine} from '../../src/ui/report/removal-line.js';
import {formatBytes} from '../../src/ui/text/units.js';

export default class ImagePrune extends BaseCommand {
  static override summary = 'remove images without a name, and what no image uses';
  static override flags = {
    all: Flags.boolean({char: 'a', description: 'all images that no container uses'}),
    force: Flags.boolean({char: 'f', description: 'do not ask'}),
    filter: Flags.string({
      description: 'only images with KEY=VALUE; keys: until, label',
      helpValue: 'KEY=VALUE',
      ...repeatable,
    }),
  };

  async run(): Promise<{removed: readonly Removal[]; reclaimed: number}> {
    const {flags} = await this.parse(ImagePrune);
    const filters = parseFilters(flags.filter ?? [], ['until', 'label']);
    const what = flags.all ? 'all images that no container uses' : 'all images without a name';
    if (!flags.force && !(await confirm(`This removes ${what}.`))) {
      return {removed: [], reclaimed: 0};
    }
    const {removed, reclaimed} = await pruneImages({
      all: flags.all,
      filters,
      ...defined({root: flags.root}),
    });
    for (const removal of removed) this.log(removalLine(removal));
    this.log(`Total reclaimed space: ${formatBytes(reclaimed)}`);
    return {removed, reclaimed};
  }
}
