import * as Flags from '@oclif/core/flags';
import {
  type ImportedMount,
  importCacheMounts,
} from '../../../src/app/cache/exchange-cache-mounts.js';
import {pullCacheMounts} from '../../../src/app/registry/transfer-cache-mounts.js';
import {archiveInput} from '../../../src/ui/command/archive-input.js';
import {BaseCommand} from '../../../src/ui/command/base-command.js';
import {defined} from '../../../src/ui/command/defined.js';
import {accessOf, registryFlags} from '../../../src/ui/flags/registry-flags.js';
import {sizeFlag} from '../../../src/ui/flags/size-flag.js';
import {printable} from '../../../src/ui/text/printable.js';
import {formatBytes} from '../../../src/ui/text/units.js';
import {tellingTransfer} from '../../../src/ui/transfer/transfer-progress.js';

const MOST_BYTES = 10e9;

export default class CacheMountsImport extends BaseCommand {
  static override summary = 'read cache mounts that export wrote, from an archive or a registry';
  static override description =
    'They take the place of what is here under their ids. All of them, or none: what has a byte that is not the one promised, a device, or a path that leads out is refused, and so are mounts that would replace one a step uses.';
  static override examples = [
    '<%= config.bin %> cache mounts import -i caches.tar',
    '<%= config.bin %> cache mounts import --from registry.example/team/caches:main',
  ];
  static override flags = {
    input: Flags.string({char: 'i', description: 'file instead of stdin', helpValue: 'FILE'}),
    from: Flags.string({
      description: 'pull them from a registry instead',
      helpValue: 'NAME[:TAG]',
      exclusive: ['input'],
    }),
    'max-size': sizeFlag('refuse more than this, unpacked (default: 10GB)'),
    ...registryFlags,
  };

  async run(): Promise<readonly ImportedMount[]> {
    const {flags} = await this.parse(CacheMountsImport);
    const request = {
      mostBytes: flags['max-size'] ?? MOST_BYTES,
      ...defined({root: flags.root}),
    };
    const {from: reference} = flags;
    const imported =
      reference === undefined
        ? await importCacheMounts({...request, input: archiveInput(flags.input)})
        : await tellingTransfer(false, (onEvent) =>
            pullCacheMounts(
              {...request, ...accessOf(flags), reference},
              {onEvent, signal: this.signal},
            ),
          );
    for (const {id, size} of imported) this.log(printable(`${id}  ${formatBytes(size, 3)}`));
    return imported;
  }
}
