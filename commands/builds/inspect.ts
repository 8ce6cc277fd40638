import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {type BuildSummary, inspectBuild} from '../../src/app/builds/builds.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {stepTable} from '../../src/ui/report/build-table.js';
import {formatDocuments} from '../../src/ui/text/listing.js';

export default class BuildsInspect extends BaseCommand {
  static override summary = 'show the steps of a build: what each cost, and whether it ran';
  static override args = {
    build: Args.string({
      description: 'build by id, or the image it made (default: the newest)',
      ignoreStdin: true,
    }),
  };
  static override flags = {
    format: Flags.string({
      char: 'f',
      description: "'json' or a Go template",
      helpValue: 'TEMPLATE',
    }),
  };

  async run(): Promise<BuildSummary> {
    const {args, flags} = await this.parse(BuildsInspect);
    const build = await inspectBuild(defined({build: args.build, root: flags.root}));
    if (flags.format !== undefined) this.log(formatDocuments([build], flags.format));
    else for (const line of stepTable(build)) this.log(line);
    return build;
  }
}
