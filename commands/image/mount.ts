import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {listMounts, mountImage, runBesideMount} from '../../src/app/image/mount-image.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {UsageError} from '../../src/ui/errors.js';
import {changeLines} from '../../src/ui/report/change-lines.js';
import {MOUNT_TABLE, mountColumns} from '../../src/ui/report/mount-table.js';
import {formatRows} from '../../src/ui/text/listing.js';

export default class ImageMount extends BaseCommand {
  static override summary = "mount an image's files read-only, or list what is mounted";
  static override description =
    `Prints the directory where the files are, until \`image unmount\` or a reboot. The mount lives in a namespace that a small process holds, so the directory lies below /proc/PID/root and is seen by the processes of the same user alone. Without root, files that belong to others inside the image may refuse to be read there, as they do outside; a COMMAND runs inside, as the image's root, and reads all.

With a COMMAND nothing stays mounted: it runs with TSBUILD_MOUNT in its environment, and its exit code is the command's.`;
  static override usage = 'image mount [FLAGS] [IMAGE] [-- COMMAND [ARG...]]';
  static override examples = [
    'ls $(<%= config.bin %> image mount hello)/etc',
    "<%= config.bin %> image mount hello -- sh -c 'du -sh $TSBUILD_MOUNT/usr'",
    "<%= config.bin %> image mount --scratch hello -- sh -c 'rm $TSBUILD_MOUNT/etc/motd'",
  ];
  static override readonly stopAtArgument = true;
  static override args = {
    image: Args.string({description: 'image by name or id', ignoreStdin: true}),
  };
  static override flags = {
    scratch: Flags.boolean({
      description:
        'let COMMAND write to an empty layer on top, say in the end what is in it, and throw it away',
    }),
  };

  async run(): Promise<unknown> {
    const {args, flags} = await this.parse(ImageMount);
    const root = defined({root: flags.root});
    const command = this.rest[0] === '--' ? this.rest.slice(1) : this.rest;
    if (flags.scratch && command.length === 0) {
      throw new UsageError('--scratch needs a command to write to the layer');
    }
    if (args.image === undefined) return this.#list(root);
    const request = {reference: args.image, ...root};
    if (command.length === 0) {
      const mount = await mountImage(request);
      this.log(mount.path);
      return mount;
    }
    const {scratch} = flags;
    const result = await runBesideMount({...request, command, scratch, signal: this.signal});
    for (const line of changeLines(result.changes)) this.log(line);
    process.exitCode = result.code;
    return result;
  }

  async #list(root: {readonly root?: string}): Promise<unknown> {
    const mounts = await listMounts(root);
    for (const line of formatRows(mounts.map(mountColumns), MOUNT_TABLE)) this.log(line);
    return mounts;
  }
}
