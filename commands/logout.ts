import * as Args from '@oclif/core/args';
import {logout} from '../src/app/registry/login.js';
import {BaseCommand} from '../src/ui/command/base-command.js';
import {defined} from '../src/ui/command/defined.js';

export default class Logout extends BaseCommand {
  static override summary = 'forget the name and password for a registry';
  static override args = {
    server: Args.string({description: 'registry (default: Docker Hub)', ignoreStdin: true}),
  };

  async run(): Promise<{server: string; known: boolean}> {
    const {args} = await this.parse(Logout);
    const {server, known} = await logout(defined({server: args.server}));
    this.log(known ? `Removing login credentials for ${server}` : `Not logged in to ${server}`);
    return {server, known};
  }
}
