import * as Flags from '@oclif/core/flags';
import {type BuildSummary, listBuilds} from '../src/app/builds/builds.js';
import {BaseCommand} from '../src/ui/command/base-command.js';
import {defined} from '../src/ui/command/defined.js';
import {listing} from '../src/ui/flags/flags.js';
import {BUILD_TABLE, buildColumns} from '../src/ui/report/build-table.js';
import {formatRows} from '../src/ui/text/listing.js';

export default class Builds extends BaseCommand {
  static override summary = 'list the builds that were made';
  static override aliases = ['builds:ls'];
  static override examples = ['<%= config.bin %> builds --project hello'];
  static override flags = {
    ...listing,
    project: Flags.string({description: 'only of this project', helpValue: 'NAME'}),
  };

  async run(): Promise<readonly BuildSummary[]> {
    const {flags} = await this.parse(Builds);
    const builds = await listBuilds(defined({project: flags.project, root: flags.root}));
    const rows = builds.map((build) => buildColumns(build));
    const lines = flags.quiet
      ? rows.map(({ID}) => ID)
      : formatRows(rows, BUILD_TABLE, flags.format);
    for (const line of lines) this.log(line);
    return builds;
  }
}
