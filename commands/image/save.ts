import * as Flags from '@oclif/core/flags';
import {saveImages} from '../../src/app/image/save.js';
import {archiveOutput} from '../../src/ui/command/archive-output.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {imageArguments} from '../../src/ui/flags/image-arguments.js';

export default class ImageSave extends BaseCommand {
  static override summary = 'write images to a tar archive, for docker load and as an OCI layout';
  static override aliases = ['save'];
  static override examples = [
    '<%= config.bin %> save -o hello.tar hello',
    '<%= config.bin %> save hello | ssh host docker load',
  ];
  static override enableJsonFlag = false;
  static override args = imageArguments;
  static override flags = {
    output: Flags.string({char: 'o', description: 'file instead of stdout', helpValue: 'FILE'}),
    platform: Flags.string({description: 'of these platforms only', helpValue: 'OS/ARCH'}),
  };

  async run(): Promise<void> {
    const {args, flags} = await this.parse(ImageSave);
    await saveImages({
      references: args.image,
      output: archiveOutput(flags.output),
      signal: this.signal,
      ...defined({platform: flags.platform, root: flags.root}),
    });
  }
}
