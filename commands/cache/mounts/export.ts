import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {exportCacheMounts} from '../../../src/app/cache/exchange-cache-mounts.js';
import {archiveOutput} from '../../../src/ui/command/archive-output.js';
import {BaseCommand} from '../../../src/ui/command/base-command.js';
import {defined} from '../../../src/ui/command/defined.js';
import {optionalDurationFlag} from '../../../src/ui/flags/duration-flag.js';
import {sizeFlag} from '../../../src/ui/flags/size-flag.js';

export default class CacheMountsExport extends BaseCommand {
  static override summary = 'write cache mounts to a tar archive, for another machine';
  static override description =
    'Waits for steps that use one of them. The archive is an OCI layout, so that every byte is checked when it is imported.';
  static override examples = [
    '<%= config.bin %> cache mounts export -o caches.tar',
    '<%= config.bin %> cache mounts export --max-size 500MB --max-age 168h -o npm.tar /root/.npm',
  ];
  static override enableJsonFlag = false;
  static override args = {
    id: Args.string({
      description: 'mounts by id, as `cache mounts ls` shows it (default: all)',
      multiple: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    output: Flags.string({char: 'o', description: 'file instead of stdout', helpValue: 'FILE'}),
    'max-size': sizeFlag(
      'of each mount at most so much; files that were used longest ago stay behind',
    ),
    'max-age': optionalDurationFlag('leave out files that nobody used for so long'),
  };

  async run(): Promise<void> {
    const {args, flags} = await this.parse(CacheMountsExport);
    await exportCacheMounts({
      output: archiveOutput(flags.output),
      signal: this.signal,
      ...defined({
        ids: args.id,
        maxSize: flags['max-size'],
        maxAge: flags['max-age'],
        root: flags.root,
      }),
    });
  }
}
