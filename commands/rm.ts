import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {removeContainers} from '../src/app/container/remove-containers.js';
import {BaseCommand} from '../src/ui/command/base-command.js';
import {defined} from '../src/ui/command/defined.js';

export default class ContainerRemove extends BaseCommand {
  static override summary = 'remove containers that have ended';
  static override aliases = ['container:rm'];
  static override args = {
    container: Args.string({
      description: 'containers by name or id',
      required: true,
      multiple: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    force: Flags.boolean({char: 'f', description: 'end it first when it runs'}),
  };

  async run(): Promise<readonly string[]> {
    const {args, flags} = await this.parse(ContainerRemove);
    const {removed, failures} = await removeContainers({
      containers: args.container,
      force: flags.force,
      ...defined({root: flags.root}),
    });
    for (const name of removed) this.log(name);
    this.failEach(failures);
    return removed;
  }
}
