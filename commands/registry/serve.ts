import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {runRegistrySession} from '../../src/app/registry/registry-session.js';
import {BaseCommand} from '../../src/ui/command/base-command.js';
import {defined} from '../../src/ui/command/defined.js';
import {durationFlag} from '../../src/ui/flags/duration-flag.js';
import {repeatable} from '../../src/ui/flags/flags.js';
import {registryFlags} from '../../src/ui/flags/registry-flags.js';
import {logRequest, registryAccess} from '../../src/ui/flags/registry-options.js';

export default class RegistryServe extends BaseCommand {
  static override summary = 'serve a registry of images';
  static override description =
    'Prints its URL on stdout once it listens. With a command, runs that beside the registry, with TSBUILD_REGISTRY=HOST:PORT and TSBUILD_REGISTRY_URL in its environment, and exits as the command does. SIGHUP makes it read users, keys, certificates and the way to its upstream again.';
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
    'tls-cert': Flags.string({
      description: 'PEM file of the certificate to serve https with',
      helpValue: 'FILE',
      dependsOn: ['tls-key'],
    }),
    'tls-key': Flags.string({
      description: 'PEM file of its key',
      helpValue: 'FILE',
      dependsOn: ['tls-cert'],
    }),
    'tls-client-ca': Flags.string({
      description: 'PEM file of the authority whose certificates clients must show',
      helpValue: 'FILE',
      dependsOn: ['tls-cert'],
    }),
    htpasswd: Flags.string({
      description: 'file of users who may do everything, as "htpasswd -B" writes it',
      helpValue: 'FILE',
      exclusive: ['token-realm'],
    }),
    'token-realm': Flags.string({
      description: 'URL of the token server that decides who may do what',
      helpValue: 'URL',
      dependsOn: ['token-service', 'token-issuer', 'token-keys'],
    }),
    'token-service': Flags.string({
      description: 'name of this registry in tokens',
      helpValue: 'NAME',
      dependsOn: ['token-realm'],
    }),
    'token-issuer': Flags.string({
      description: 'name of the token server in tokens',
      helpValue: 'NAME',
      dependsOn: ['token-realm'],
    }),
    'token-keys': Flags.string({
      description: 'file of the public keys of the token server: JWKS or PEM',
      helpValue: 'FILE',
      dependsOn: ['token-realm'],
    }),
    'anonymous-read': Flags.boolean({description: 'let everybody pull without a name'}),
    'read-only': Flags.boolean({description: 'take no pushes and no deletes'}),
    'blob-limit': Flags.integer({
      description: 'largest blob to take',
      helpValue: 'BYTES',
      min: 0,
    }),
    'sparse-indexes': Flags.boolean({
      description: 'accept an index though not all its manifests were pushed',
    }),
    'gc-every': durationFlag({description: 'how often to collect garbage; 0 never', default: '1h'}),
    'gc-grace': durationFlag({
      description: 'how long what no manifest needs is kept after its push',
      default: '1h',
    }),
    'gc-untagged': Flags.boolean({description: 'collect also manifests that no tag leads to'}),
    'upload-age': durationFlag({
      description: 'how long an upload is kept without a byte more',
      default: '168h',
    }),
    upstream: Flags.string({
      description:
        'be a cache of that registry, such as docker.io: fetch what is asked for and not here, and keep it; nothing is pushed or deleted',
      helpValue: 'HOST',
    }),
    'daemon-json': registryFlags['daemon-json'],
    fault: Flags.string({
      description: 'a failure on purpose, to test clients with: "GET blobs: cut 100kB, 2 times"',
      helpValue: 'FAULT',
      ...repeatable,
    }),
    'access-log': Flags.boolean({description: 'tell of each request on stderr'}),
  };
  protected override readonly stopSignals = ['SIGINT', 'SIGTERM'] as const;

  async run(): Promise<void> {
    const {args, flags} = await this.parse(RegistryServe);
    const command = args.command === undefined ? [] : [args.command, ...this.rest];
    process.exitCode = await runRegistrySession({
      temporary: flags.tmp,
      host: flags.host,
      port: flags.port ?? (flags.tmp ? 0 : 5000),
      anonymousRead: flags['anonymous-read'],
      readOnly: flags['read-only'],
      sparseIndexes: flags['sparse-indexes'],
      faults: flags.fault ?? [],
      garbage: {
        every: flags['gc-every'],
        grace: flags['gc-grace'],
        untagged: flags['gc-untagged'],
        uploadAge: flags['upload-age'],
      },
      command,
      onServing: ({url}) => {
        if (command.length === 0) this.log(url);
      },
      onProblem: (problem) => this.tell(problem),
      signal: this.signal,
      ...registryAccess(flags),
      ...defined({
        data: flags.data,
        root: flags.root,
        htpasswd: flags.htpasswd,
        blobLimit: flags['blob-limit'],
        upstream: flags.upstream,
        daemonJSON: flags['daemon-json'],
        onRequest: flags['access-log'] ? logRequest : undefined,
      }),
    });
  }
}
