import * as Flags from '@oclif/core/flags';
import {type ContainerSummary, listContainers} from '../src/app/container/list-containers.js';
import {BaseCommand} from '../src/ui/command/base-command.js';
import {defined} from '../src/ui/command/defined.js';
import {listing} from '../src/ui/flags/flags.js';
import {CONTAINER_TABLE, containerColumns} from '../src/ui/report/container-table.js';
import {formatRows} from '../src/ui/text/listing.js';

export default class ContainerList extends BaseCommand {
  static override summary = 'list containers';
  static override aliases = ['container:ls', 'container:ps', 'container:list'];
  static override examples = ['<%= config.bin %> ps -a'];
  static override flags = {
    ...listing,
    all: Flags.boolean({char: 'a', description: 'also those that have ended'}),
  };

  async run(): Promise<readonly ContainerSummary[]> {
    const {flags} = await this.parse(ContainerList);
    const containers = await listContainers({all: flags.all, ...defined({root: flags.root})});
    const rows = containers.map((each) => containerColumns(each, {full: flags['no-trunc']}));
    const lines = flags.quiet
      ? rows.map(({ID}) => ID)
      : formatRows(rows, CONTAINER_TABLE, flags.format);
    for (const line of lines) this.log(line);
    return containers;
  }
}
