import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {type ImageSummary, listImages} from '../../src/app/image/list-images.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {parseFilters} from '../../src/ui/flags/filters.js';
import {listing, repeatable} from '../../src/ui/flags/flags.js';
import {imageColumns, imageTable} from '../../src/ui/report/image-table.js';
import {formatRows} from '../../src/ui/text/listing.js';

export default class ImageList extends BaseCommand {
  static override summary = 'list images';
  static override aliases = ['images', 'image:list'];
  static override examples = [
    '<%= config.bin %> images',
    "<%= config.bin %> images --filter dangling=true --format '{{.ID}} {{.Size}}'",
  ];
  static override args = {
    repository: Args.string({
      description: 'only images of this REPOSITORY[:TAG]; * matches any text',
      ignoreStdin: true,
    }),
  };
  static override flags = {
    ...listing,
    all: Flags.boolean({
      char: 'a',
      description: 'with those between the steps of a build, of which tsbuild makes none',
    }),
    digests: Flags.boolean({description: "show manifests' digests"}),
    filter: Flags.string({
      char: 'f',
      description:
        'only images with KEY=VALUE; keys: dangling, reference, label, before, since, until',
      helpValue: 'KEY=VALUE',
      ...repeatable,
    }),
  };

  async run(): Promise<readonly ImageSummary[]> {
    const {args, flags} = await this.parse(ImageList);
    const filters = parseFilters(flags.filter ?? [], [
      'dangling',
      'reference',
      'label',
      'before',
      'since',
      'until',
    ]);
    const images = await listImages({
      filters,
      ...defined({repository: args.repository, root: flags.root}),
    });
    const rows = images.map((image) => imageColumns(image, {full: flags['no-trunc']}));
    const lines = flags.quiet
      ? [...new Set(rows.map(({ID}) => ID))]
      : formatRows(rows, imageTable(flags.digests), flags.format);
    for (const line of lines) this.log(line);
    return images;
  }
}
