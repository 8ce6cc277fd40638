import * as Args from '@oclif/core/args';
import {tagImage} from '../../src/app/image/tag-image.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';

export default class ImageTag extends BaseCommand {
  static override summary = 'give an image another name';
  static override aliases = ['tag'];
  static override examples = ['<%= config.bin %> tag hello 10.24.2.30:5000/hello:1.2'];
  static override args = {
    source: Args.string({description: 'image by name or id', required: true, ignoreStdin: true}),
    target: Args.string({description: 'name to give it', required: true, ignoreStdin: true}),
  };

  async run(): Promise<void> {
    const {args, flags} = await this.parse(ImageTag);
    await tagImage({source: args.source, target: args.target, ...defined({root: flags.root})});
  }
}
