import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {type CacheMountFolder, pruneCacheMounts} from '../../../src/app/cache/cache-mounts.js';
import {BaseCommand} from '../../../src/ui/command/base-command.js';
import {confirm} from '../../../src/ui/command/confirm.js';
import {defined} from '../../../src/ui/command/defined.js';
import {optionalDurationFlag} from '../../../src/ui/flags/duration-flag.js';
import {sizeFlag} from '../../../src/ui/flags/size-flag.js';
import {printable} from '../../../src/ui/text/printable.js';
import {formatBytes} from '../../../src/ui/text/units.js';

export default class CacheMountsPrune extends BaseCommand {
  static override summary = 'remove cache mounts that no step uses';
  static override args = {
    id: Args.string({
      description: 'mounts by id, as `cache mounts ls` shows it (default: all)',
      multiple: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    'max-size': sizeFlag('only until the rest has this size, those used longest ago first'),
    'unused-for': optionalDurationFlag('only those that no step used for so long'),
    force: Flags.boolean({char: 'f', description: 'do not ask'}),
  };

  async run(): Promise<readonly CacheMountFolder[]> {
    const {args, flags} = await this.parse(CacheMountsPrune);
    const what = args.id?.join(', ') ?? 'the content of cache mounts';
    if (!flags.force && !(await confirm(`This removes ${printable(what)}.`))) return [];
    const removed = await pruneCacheMounts(
      defined({
        ids: args.id,
        maxSize: flags['max-size'],
        unusedFor: flags['unused-for'],
        root: flags.root,
      }),
    );
    for (const {id, size} of removed) this.log(printable(`${id}  ${formatBytes(size, 3)}`));
    const total = removed.reduce((sum, {size}) => sum + size, 0);
    this.log(`Total reclaimed space: ${formatBytes(total)}`);
    return removed;
  }
}
