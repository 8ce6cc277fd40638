import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {type BuildDiff, diffBuilds} from '../../src/app/builds/diff-builds.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {buildDiffText} from '../../src/ui/report/build-diff-report.js';

export default class BuildsDiff extends BaseCommand {
  static override summary = 'show what differs between two builds: steps, times, sizes, files';
  static override description =
    'With one build, against the one before it of the same project; with none, the newest. A step is the same when its key is; below one that is not stand the reason it ran, where it did, and the files that it wrote otherwise.';
  static override examples = [
    '<%= config.bin %> builds diff',
    '<%= config.bin %> builds diff mww9fmqrkr8h hello:latest',
  ];
  static override args = {
    first: Args.string({description: 'build by id, or the image it made', ignoreStdin: true}),
    second: Args.string({description: 'the later of two builds', ignoreStdin: true}),
  };
  static override flags = {
    'no-trunc': Flags.boolean({description: 'list all files of a step'}),
  };

  async run(): Promise<BuildDiff> {
    const {args, flags} = await this.parse(BuildsDiff);
    const {first, second} = args;
    const builds = second === undefined ? {after: first} : {before: first, after: second};
    const diff = await diffBuilds(defined({...builds, root: flags.root}));
    for (const line of buildDiffText(diff, {full: flags['no-trunc']})) this.log(line);
    return diff;
  }
}
