import {type VerifiedCache, verifyCache} from '../../src/app/cache/verify-cache.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {verificationLines} from '../../src/ui/report/verification-lines.js';

export default class CacheVerify extends BaseCommand {
  static override summary = 'read all that is stored, and remove what is not what it was';
  static override description =
    'Results, blobs and layers are held against their digests. What is damaged is named and removed, with the layers that ' +
    'stand on it: the next build, pull or load makes it again. Exits with 1 when anything was.';

  async run(): Promise<VerifiedCache> {
    const {flags} = await this.parse(CacheVerify);
    const verified = await verifyCache({signal: this.signal, ...defined({root: flags.root})});
    for (const line of verificationLines(verified)) this.log(line);
    if (verified.damaged.length > 0) process.exitCode = 1;
    return verified;
  }
}
