import * as Flags from '@oclif/core/flags';
import {type Removal, removeImages} from '../../src/app/image/remove-images.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {imageArguments} from '../../src/ui/flags/image-arguments.js';
import {removalLine} from '../../src/ui/report/removal-line.js';

export default class ImageRemove extends BaseCommand {
  static override summary = 'remove names of images, and images without a name left';
  static override aliases = ['rmi', 'image:remove'];
  static override args = imageArguments;
  static override flags = {
    force: Flags.boolean({
      char: 'f',
      description: 'also an image with several names; no failure when there is none',
    }),
  };

  async run(): Promise<readonly Removal[]> {
    const {args, flags} = await this.parse(ImageRemove);
    const {removed, failures, missing} = await removeImages({
      references: args.image,
      force: flags.force,
      ...defined({root: flags.root}),
    });
    for (const removal of removed) this.log(removalLine(removal));
    for (const problem of missing) this.tell(problem);
    this.failEach(failures);
    return removed;
  }
}
