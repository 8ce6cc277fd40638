import {BaseCommand} from '../src/ui/base-command.js';
import {VERSION} from '../src/ui/version.js';

export default class Version extends BaseCommand {
  static override summary = 'show the version of tsbuild';

  async run(): Promise<{version: string}> {
    await this.parse(Version);
    this.log(`tsbuild ${VERSION}`);
    return {version: VERSION};
  }
}
