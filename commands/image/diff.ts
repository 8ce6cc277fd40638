import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {type ImageDiff as Diff, diffImages} from '../../src/app/image/diff-images.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {imageDiffText} from '../../src/ui/report/image-diff-report.js';

export default class ImageDiff extends BaseCommand {
  static override summary = 'show what differs between two images: files and config';
  static override description =
    'Files are compared by type, content, mode, owner and attributes, config by what a container would find different. A directory that is gone is one line.';
  static override examples = [
    '<%= config.bin %> image diff hello:1 hello:2',
    '<%= config.bin %> image diff --exit-code --times first second',
  ];
  static override args = {
    before: Args.string({description: 'image by name or id', required: true, ignoreStdin: true}),
    after: Args.string({description: 'image by name or id', required: true, ignoreStdin: true}),
  };
  static override flags = {
    times: Flags.boolean({description: "files' times count as well"}),
    'exit-code': Flags.boolean({description: 'exit with 1 when there are differences'}),
  };

  async run(): Promise<Diff> {
    const {args, flags} = await this.parse(ImageDiff);
    const diff = await diffImages({
      before: args.before,
      after: args.after,
      times: flags.times,
      ...defined({root: flags.root}),
    });
    for (const line of imageDiffText(diff)) this.log(line);
    const differs = diff.files.length + diff.config.length > 0;
    if (flags['exit-code'] && differs) process.exitCode = 1;
    return diff;
  }
}
