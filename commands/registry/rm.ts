import * as Args from '@oclif/core/args';
import {removeRemote} from '../../src/app/registry/remove-remote.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {accessOf, registryFlags} from '../../src/ui/flags/registry-flags.js';

export default class RegistryRemove extends BaseCommand {
  static override summary =
    'remove tags, or with a digest manifests and their tags, from a registry';
  static override description =
    'A tag goes also where a registry deletes by digest alone; its image and other tags stay.';
  static override examples = ['<%= config.bin %> registry rm 10.24.2.30:5000/hello:old'];
  static override args = {
    image: Args.string({
      description: 'NAME[:TAG] or NAME@DIGEST',
      required: true,
      multiple: true,
      ignoreStdin: true,
    }),
  };
  static override flags = registryFlags;

  async run(): Promise<readonly string[]> {
    const {args, flags} = await this.parse(RegistryRemove);
    const {removed, failures} = await removeRemote(
      {references: args.image, ...accessOf(flags)},
      {signal: this.signal},
    );
    for (const name of removed) this.log(`Deleted: ${name}`);
    this.failEach(failures);
    return removed;
  }
}
