import * as Flags from '@oclif/core/flags';
import {
  type ImportedMount,
  importCacheMounts,
} from '../../../src/app/cache/exchange-cache-mounts.js';
import {archiveInput} from '../../../src/ui/command/archive-input.js';
import {BaseCommand} from '../../../src/ui/command/base-command.js';
import {defined} from '../../../src/ui/command/defined.js';
import {sizeFlag} from '../../../src/ui/flags/size-flag.js';
import {printable} from '../../../src/ui/text/printable.js';
import {formatBytes} from '../../../src/ui/text/units.js';

const MOST_BYTES = 10e9;

export default class CacheMountsImport extends BaseCommand {
  static override summary = 'read cache mounts from an archive that export wrote';
  static override description =
    'They take the place of what is here under their ids. All of them, or none: an archive with a byte that is not the one promised, a device, or a path that leads out is refused, and so is one for a mount that a step uses.';
  static override examples = ['<%= config.bin %> cache mounts import -i caches.tar'];
  static override flags = {
    input: Flags.string({char: 'i', description: 'file instead of stdin', helpValue: 'FILE'}),
    'max-size': sizeFlag('refuse more than this, unpacked (default: 10GB)'),
  };

  async run(): Promise<readonly ImportedMount[]> {
    const {flags} = await this.parse(CacheMountsImport);
    const imported = await importCacheMounts({
      input: archiveInput(flags.input),
      mostBytes: flags['max-size'] ?? MOST_BYTES,
      ...defined({root: flags.root}),
    });
    for (const {id, size} of imported) this.log(printable(`${id}  ${formatBytes(size, 3)}`));
    return imported;
  }
}
