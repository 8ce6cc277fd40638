import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {runRegistrySession} from '../../src/app/registry-session.js';
import {BaseCommand} from '../../src/ui/base-command.js';
import {defined} from '../../src/ui/defined.js';

export default class RegistryServe extends BaseCommand {
  static override summary = 'serve a registry of images';
  static override description =
    'Prints its URL on stdout once it listens. With a command, runs that beside the registry, with TSBUILD_REGISTRY=HOST:PORT and TSBUILD_REGISTRY_URL in its environment, and exits as the command does.';
  static override usage = 'registry serve [FLAGS] [-- COMMAND [ARG...]]';
  static override examples = [
    '<%= config.bin %> registry serve --port 5000',
    "<%= config.bin %> registry serve --tmp -- sh -c 'tsbuild push $TSBUILD_REGISTRY/hello'",
  ];
  static override enableJsonFlag = false;
  static override readonly stopAtArgument = true;
  static override args = {
    command: Args.string({description: 'program to run beside the registry', ignoreStdin: true}),
  };
  static override flags = {
    data: Flags.string({
      description: 'directory that keeps the images (default: registry in the store)',
      helpValue: 'DIR',
    }),
    tmp: Flags.boolean({
      description: 'keep nothing: a free port and a directory that is gone at the end',
      exclusive: ['data'],
    }),
    host: Flags.string({description: 'address to listen on', default: '127.0.0.1'}),
    port: Flags.integer({
      description: 'port to listen on, 0 for any (default: 5000; with --tmp any)',
      min: 0,
      max: 65_535,
    }),
    'sparse-indexes': Flags.boolean({
      description: 'accept an index though not all its manifests were pushed',
    }),
  };
  protected override readonly stopSignals = ['SIGINT', 'SIGTERM'] as const;

  async run(): Promise<void> {
    const {args, flags} = await this.parse(RegistryServe);
    const command = args.command === undefined ? [] : [args.command, ...this.rest];
    process.exitCode = await runRegistrySession({
      temporary: flags.tmp,
      host: flags.host,
      port: flags.port ?? (flags.tmp ? 0 : 5000),
      sparseIndexes: flags['sparse-indexes'],
      command,
      onServing: ({url}) => {
        if (command.length === 0) this.log(url);
      },
      signal: this.signal,
      ...defined({data: flags.data, root: flags.root}),
    });
  }
}
