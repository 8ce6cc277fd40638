import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {pushImage} from '../../src/app/registry/push.js';
import type {PushedImage} from '../../src/app/registry/push-names.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {packingFlags, packingOf} from '../../src/ui/flags/packing-flags.js';
import {accessOf, registryFlags} from '../../src/ui/flags/registry-flags.js';
import {pushedName, pushSummary} from '../../src/ui/transfer/summary.js';
import {tellingTransfer} from '../../src/ui/transfer/transfer-progress.js';

export default class ImagePush extends BaseCommand {
  static override summary = 'send an image of the store to a registry';
  static override description =
    'Prints NAME@DIGEST of what was pushed on stdout. Layers are compressed once and kept for the next push.';
  static override aliases = ['push'];
  static override examples = [
    '<%= config.bin %> push 10.24.2.30:5000/hello',
    '<%= config.bin %> push --compression zstd registry.example/team/app:2',
  ];
  static override args = {
    image: Args.string({description: 'NAME[:TAG]', required: true, ignoreStdin: true}),
  };
  static override flags = {
    'all-tags': Flags.boolean({char: 'a', description: 'every tag of the repository that is here'}),
    quiet: Flags.boolean({char: 'q', description: 'print what was pushed only'}),
    ...packingFlags,
    ...registryFlags,
  };

  async run(): Promise<readonly PushedImage[]> {
    const {args, flags} = await this.parse(ImagePush);
    const request = {
      reference: args.image,
      allTags: flags['all-tags'],
      packing: packingOf(flags),
      ...accessOf(flags),
      ...defined({root: flags.root}),
    };
    const pushed = await tellingTransfer(flags.quiet, (onEvent) =>
      pushImage(request, {onEvent, signal: this.signal}),
    );
    for (const image of pushed) {
      if (!flags.quiet) this.logToStderr(pushSummary(image));
      this.log(pushedName(image));
    }
    return pushed;
  }
}
