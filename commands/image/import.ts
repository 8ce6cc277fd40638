import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {importImage} from '../../src/app/image/import.js';
import {archiveInput} from '../../src/ui/command/archive-input.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {repeatable} from '../../src/ui/flags/flags.js';

export default class ImageImport extends BaseCommand {
  static override summary = 'make an image of one layer from a tar archive of a root file system';
  static override aliases = ['import'];
  static override examples = [
    'debootstrap … && tar -C root -c . | <%= config.bin %> import - base:1',
  ];
  static override args = {
    archive: Args.string({
      description: 'the tar archive, compressed or not; - is stdin',
      required: true,
      ignoreStdin: true,
    }),
    name: Args.string({description: 'name of the image', ignoreStdin: true}),
  };
  static override flags = {
    change: Flags.string({
      char: 'c',
      description: 'instruction to apply to the config, like CMD ["sh"]',
      helpValue: 'INSTRUCTION',
      ...repeatable,
    }),
    message: Flags.string({char: 'm', description: 'comment in the history', helpValue: 'TEXT'}),
    platform: Flags.string({description: 'platform of the image', helpValue: 'OS/ARCH'}),
  };

  async run(): Promise<{imageID: string}> {
    const {args, flags} = await this.parse(ImageImport);
    const {imageID} = await importImage({
      input: archiveInput(args.archive === '-' ? undefined : args.archive),
      changes: flags.change ?? [],
      ...defined({
        reference: args.name,
        message: flags.message,
        platform: flags.platform,
        root: flags.root,
      }),
    });
    this.log(imageID);
    return {imageID};
  }
}
