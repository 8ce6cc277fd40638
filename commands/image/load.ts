import * as Flags from '@oclif/core/flags';
import {type LoadedImage, loadImages} from '../../src/app/image/load.js';
import {archiveInput} from '../../src/ui/command/archive-input.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';

export default class ImageLoad extends BaseCommand {
  static override summary = 'read images from a tar archive of docker save or an OCI layout';
  static override aliases = ['load'];
  static override examples = ['<%= config.bin %> load -i hello.tar'];
  static override flags = {
    input: Flags.string({char: 'i', description: 'file instead of stdin', helpValue: 'FILE'}),
    platform: Flags.string({description: 'of this platform only', helpValue: 'OS/ARCH'}),
    quiet: Flags.boolean({char: 'q', description: 'tell no progress, of which there is none here'}),
  };

  async run(): Promise<readonly LoadedImage[]> {
    const {flags} = await this.parse(ImageLoad);
    const images = await loadImages({
      input: archiveInput(flags.input),
      signal: this.signal,
      ...defined({platform: flags.platform, root: flags.root}),
    });
    for (const {reference, imageID} of images) {
      this.log(
        reference === undefined ? `Loaded image ID: ${imageID}` : `Loaded image: ${reference}`,
      );
    }
    return images;
  }
}
