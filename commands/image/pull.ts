import * as Flags from '@oclif/core/flags';
import {type PulledImage, pullImage} from '../../src/app/registry/pull.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {platformFlag} from '../../src/ui/flags/flags.js';
import {accessOf, anyImage, registryFlags} from '../../src/ui/flags/registry-flags.js';
import {pullSummary} from '../../src/ui/transfer/summary.js';
import {tellingTransfer} from '../../src/ui/transfer/transfer-progress.js';

export default class ImagePull extends BaseCommand {
  static override summary = 'bring an image from a registry into the store';
  static override description =
    "Prints the image's full name on stdout. Mirrors and insecure registries are those of docker's daemon.json, credentials those of docker's config.json.";
  static override aliases = ['pull'];
  static override examples = [
    '<%= config.bin %> pull python:3.11-slim',
    '<%= config.bin %> pull --platform linux/arm64 10.24.2.30:5000/hello',
  ];
  static override args = {
    image: anyImage,
  };
  static override flags = {
    platform: platformFlag('which of several images'),
    quiet: Flags.boolean({char: 'q', description: 'print the name only'}),
    ...registryFlags,
  };

  async run(): Promise<PulledImage> {
    const {args, flags} = await this.parse(ImagePull);
    const request = {
      reference: args.image,
      ...accessOf(flags),
      ...defined({platform: flags.platform, root: flags.root}),
    };
    const image = await tellingTransfer(flags.quiet, (onEvent) =>
      pullImage(request, {onEvent, signal: this.signal}),
    );
    if (!flags.quiet) for (const line of pullSummary(image)) this.logToStderr(line);
    this.log(image.reference);
    return image;
  }
}
