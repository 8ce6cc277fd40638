import * as Flags from '@oclif/core/flags';
import {type ImageInspection, inspectImages} from '../../src/app/image/inspect-images.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {imageArguments} from '../../src/ui/flags/image-arguments.js';
import {formatDocuments} from '../../src/ui/text/listing.js';

export default class ImageInspect extends BaseCommand {
  static override summary = 'show everything about images, as JSON';
  static override aliases = ['inspect'];
  static override examples = [
    '<%= config.bin %> inspect hello',
    "<%= config.bin %> inspect --format '{{json .Config.Env}}' hello",
  ];
  static override args = imageArguments;
  static override flags = {
    format: Flags.string({
      char: 'f',
      description: "'json' or a Go template, once for each image",
      helpValue: 'TEMPLATE',
    }),
  };

  async run(): Promise<readonly ImageInspection[]> {
    const {args, flags} = await this.parse(ImageInspect);
    const {images, failures} = await inspectImages({
      references: args.image,
      ...defined({root: flags.root}),
    });
    if (images.length > 0 || flags.format === undefined) {
      this.log(formatDocuments(images, flags.format));
    }
    this.failEach(failures);
    return images;
  }
}
