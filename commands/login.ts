import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {type Login as KeptLogin, login} from '../src/app/registry/login.js';
import {askCredentials} from '../src/ui/command/ask-credentials.js';
import {BaseCommand} from '../src/ui/command/base-command.js';
import {defined} from '../src/ui/command/defined.js';
import {accessOf, registryFlags} from '../src/ui/flags/registry-flags.js';

export default class Login extends BaseCommand {
  static override summary = 'keep a name and password for a registry, once it has accepted them';
  static override description =
    'They go where docker keeps them: to the credential helper that config.json names, else into config.json. A registry whose token server gives a refresh token has that kept, not the password.';
  static override examples = [
    '<%= config.bin %> login 10.24.2.30:5000',
    'cat secret | <%= config.bin %> login --username ci --password-stdin registry.example',
  ];
  static override args = {
    server: Args.string({description: 'registry (default: Docker Hub)', ignoreStdin: true}),
  };
  static override flags = {
    username: Flags.string({char: 'u', description: 'user name', helpValue: 'NAME'}),
    password: Flags.string({
      char: 'p',
      description: 'password; others may see it in the list of processes',
      helpValue: 'PASSWORD',
    }),
    'password-stdin': Flags.boolean({description: 'read the password from stdin'}),
    ...registryFlags,
  };

  async run(): Promise<KeptLogin> {
    const {args, flags} = await this.parse(Login);
    const {username, password} = await askCredentials({
      fromStdin: flags['password-stdin'],
      ...defined({username: flags.username, password: flags.password}),
    });
    const kept = await login({
      username,
      password,
      signal: this.signal,
      ...accessOf(flags),
      ...defined({server: args.server}),
    });
    if (kept.plainText) {
      this.logToStderr(
        `warning: the password is kept unencrypted in ${kept.place}; a credential helper (credsStore) keeps it safer`,
      );
    }
    this.log('Login Succeeded');
    return kept;
  }
}
