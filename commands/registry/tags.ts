import * as Args from '@oclif/core/args';
import {listTags} from '../../src/app/registry/registry-lists.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {accessOf, registryFlags} from '../../src/ui/flags/registry-flags.js';
import {printable} from '../../src/ui/text/printable.js';

export default class RegistryTags extends BaseCommand {
  static override summary = 'list the tags of a repository in its registry';
  static override examples = ['<%= config.bin %> registry tags 10.24.2.30:5000/hello'];
  static override args = {
    repository: Args.string({description: 'NAME', required: true, ignoreStdin: true}),
  };
  static override flags = registryFlags;

  async run(): Promise<readonly string[]> {
    const {args, flags} = await this.parse(RegistryTags);
    const request = {repository: args.repository, ...accessOf(flags)};
    const tags: string[] = [];
    for await (const tag of listTags(request, {signal: this.signal})) {
      this.log(printable(tag));
      tags.push(tag);
    }
    return tags;
  }
}
