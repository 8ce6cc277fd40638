import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {imageLayers, type LayersReport} from '../../src/app/image/image-layers.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {wasteFlags, wasteLimits} from '../../src/ui/flags/waste-flags.js';
import {layersText, narrowed} from '../../src/ui/report/layers-report.js';

export default class ImageLayers extends BaseCommand {
  static override summary = 'show what each layer holds, the line it comes from, and what is waste';
  static override description =
    "With paths, the layers that added, changed or deleted them. Efficiency and waste are dive's; with --ci, or one of its limits, the exit code is 1 when a limit is not kept.";
  static override examples = [
    '<%= config.bin %> image layers hello',
    '<%= config.bin %> image layers hello /etc/passwd',
    '<%= config.bin %> image layers --ci --lowest-efficiency 0.95 hello',
  ];
  static override args = {
    image: Args.string({description: 'image by name or id', required: true, ignoreStdin: true}),
    path: Args.string({
      description: 'files or directories to follow through the layers',
      multiple: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    tree: Flags.boolean({description: 'list the files each layer added, changed and deleted'}),
    layer: Flags.integer({description: 'only this layer, 1 is the lowest', min: 1}),
    'no-trunc': Flags.boolean({description: 'do not shorten instructions'}),
    ...wasteFlags,
  };

  async run(): Promise<LayersReport> {
    const {args, flags} = await this.parse(ImageLayers);
    const report = await imageLayers({
      reference: args.image,
      limits: wasteLimits(flags),
      ...defined({root: flags.root}),
    });
    const paths = args.path ?? [];
    const view = {tree: flags.tree, layer: flags.layer, paths, full: flags['no-trunc']};
    const shown = narrowed(report, view);
    for (const line of layersText(shown, view)) this.log(line);
    if (report.checks.some(({passed}) => !passed)) process.exitCode = 1;
    return shown;
  }
}
