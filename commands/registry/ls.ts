import * as Args from '@oclif/core/args';
import {listRepositories} from '../../src/app/registry/registry-lists.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {accessOf, registryFlags} from '../../src/ui/flags/registry-flags.js';
import {printable} from '../../src/ui/text/printable.js';

export default class RegistryList extends BaseCommand {
  static override summary = 'list the repositories of a registry';
  static override description =
    'Asks the registry itself, past all mirrors. Not every registry tells: Docker Hub does not.';
  static override examples = [
    '<%= config.bin %> registry ls 10.24.2.30:5000',
    '<%= config.bin %> registry ls registry.example/team',
  ];
  static override args = {
    place: Args.string({
      description: 'HOST[/PREFIX]; only repositories at or below the prefix',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = registryFlags;

  async run(): Promise<readonly string[]> {
    const {args, flags} = await this.parse(RegistryList);
    const request = {place: args.place, ...accessOf(flags)};
    const names: string[] = [];
    for await (const name of listRepositories(request, {signal: this.signal})) {
      this.log(printable(name));
      names.push(name);
    }
    return names;
  }
}
