import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {unmountImages} from '../../src/app/image/mount-image.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {UsageError} from '../../src/ui/errors.js';

export default class ImageUnmount extends BaseCommand {
  static override summary = 'end mounts of images';
  static override description =
    'Prints the ids of the mounts that ended. Programs that still look into one lose it.';
  static override args = {
    mount: Args.string({
      description: 'mounts by id, or the images they show',
      multiple: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    all: Flags.boolean({char: 'a', description: 'end all mounts'}),
  };

  async run(): Promise<readonly string[]> {
    const {args, flags} = await this.parse(ImageUnmount);
    if (flags.all === (args.mount !== undefined)) {
      throw new UsageError('want mounts or images, or --all');
    }
    const ended = await unmountImages(defined({mounts: args.mount, root: flags.root}));
    for (const {id} of ended) this.log(id);
    return ended.map(({id}) => id);
  }
}
