import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {type CopiedImage, copyRemote} from '../../src/app/registry/copy-remote.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {accessOf, anyImage, registryFlags} from '../../src/ui/flags/registry-flags.js';
import {pushedName, pushSummary} from '../../src/ui/transfer/summary.js';
import {tellingTransfer} from '../../src/ui/transfer/transfer-progress.js';

export default class RegistryCopy extends BaseCommand {
  static override summary = 'copy an image from registry to registry, all its platforms';
  static override description =
    'Prints NAME@DIGEST of the copy on stdout. Nothing is kept here: blobs pass through, or are mounted within one registry. Asks the registries themselves, past all mirrors.';
  static override examples = [
    '<%= config.bin %> registry copy python:3.11-slim 10.24.2.30:5000/python:3.11-slim',
    '<%= config.bin %> registry copy --referrers registry.example/app:2 registry.example/released/app:2',
  ];
  static override args = {
    source: anyImage,
    destination: Args.string({description: 'NAME[:TAG]', required: true, ignoreStdin: true}),
  };
  static override flags = {
    referrers: Flags.boolean({
      description: 'also what is about the image: signatures, attestations, SBOMs',
    }),
    quiet: Flags.boolean({char: 'q', description: 'print what was copied only'}),
    ...registryFlags,
  };

  async run(): Promise<CopiedImage> {
    const {args, flags} = await this.parse(RegistryCopy);
    const request = {
      from: args.source,
      to: args.destination,
      referrers: flags.referrers,
      ...accessOf(flags),
    };
    const copied = await tellingTransfer(flags.quiet, (onEvent) =>
      copyRemote(request, {onEvent, signal: this.signal}),
    );
    if (!flags.quiet) this.logToStderr(pushSummary(copied));
    this.log(pushedName(copied));
    return copied;
  }
}
