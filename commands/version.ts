import {VERSION} from '../src/app/version.js';
import {BaseCommand} from '../src/ui/command/base-command.js';

export default class Version extends BaseCommand {
  static override summary = 'show the version of tsbuild';

  async run(): Promise<{version: string}> {
    await this.parse(Version);
    this.log(`tsbuild ${VERSION}`);
    return {version: VERSION};
  }
}
