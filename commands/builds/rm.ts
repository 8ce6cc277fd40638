import * as Args from '@oclif/core/args';
import {removeBuilds} from '../../src/app/builds/builds.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';

export default class BuildsRemove extends BaseCommand {
  static override summary = 'forget builds and their logs; images and cache stay';
  static override args = {
    build: Args.string({
      description: 'builds by id, or the image they made',
      required: true,
      multiple: true,
      ignoreStdin: true,
    }),
  };

  async run(): Promise<readonly string[]> {
    const {args, flags} = await this.parse(BuildsRemove);
    const ids = await removeBuilds({builds: args.build, ...defined({root: flags.root})});
    for (const id of ids) this.log(id);
    return ids;
  }
}
