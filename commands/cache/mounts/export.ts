import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {exportCacheMounts} from '../../../src/app/cache/exchange-cache-mounts.js';
import {pushCacheMounts} from '../../../src/app/registry/transfer-cache-mounts.js';
import {archiveOutput} from '../../../src/ui/command/archive-output.js';
import {BaseCommand} from '../../../src/ui/command/base-command.js';
import {defined} from '../../../src/ui/command/defined.js';
import {optionalDurationFlag} from '../../../src/ui/flags/duration-flag.js';
import {accessOf, registryFlags} from '../../../src/ui/flags/registry-flags.js';
import {sizeFlag} from '../../../src/ui/flags/size-flag.js';
import {pushedName} from '../../../src/ui/transfer/summary.js';
import {tellingTransfer} from '../../../src/ui/transfer/transfer-progress.js';

export default class CacheMountsExport extends BaseCommand {
  static override summary =
    'write cache mounts to a tar archive or a registry, for another machine';
  static override description =
    'Waits for steps that use one of them. The archive is an OCI layout, and in a registry each mount is an artifact, so that every byte is checked when it is imported. With --to, prints NAME@DIGEST of what was pushed.';
  static override examples = [
    '<%= config.bin %> cache mounts export -o caches.tar',
    '<%= config.bin %> cache mounts export --to registry.example/team/caches:main',
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
    to: Flags.string({
      description: 'push them to a registry instead',
      helpValue: 'NAME[:TAG]',
      exclusive: ['output'],
    }),
    'max-size': sizeFlag(
      'of each mount at most so much; files that were used longest ago stay behind',
    ),
    'max-age': optionalDurationFlag('leave out files that nobody used for so long'),
    ...registryFlags,
  };

  async run(): Promise<void> {
    const {args, flags} = await this.parse(CacheMountsExport);
    const request = {
      signal: this.signal,
      ...defined({
        ids: args.id,
        maxSize: flags['max-size'],
        maxAge: flags['max-age'],
        root: flags.root,
      }),
    };
    const {to: reference} = flags;
    if (reference === undefined) {
      return exportCacheMounts({...request, output: archiveOutput(flags.output)});
    }
    const pushed = await tellingTransfer(false, (onEvent) =>
      pushCacheMounts({...request, ...accessOf(flags), reference}, {onEvent, signal: this.signal}),
    );
    this.log(pushedName(pushed));
  }
}
