import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {runImage} from '../src/app/container/run.js';
import {BaseCommand} from '../src/ui/command/base-command.js';
import {defined} from '../src/ui/command/defined.js';
import {EXIT_USAGE} from '../src/ui/command/report-error.js';
import {platformFlag, repeatable} from '../src/ui/flags/flags.js';
import {processFlags, processRequest} from '../src/ui/flags/process-flags.js';
import {accessOf, offlineFlag, registryFlags} from '../src/ui/flags/registry-flags.js';
import {tellingTransfer} from '../src/ui/transfer/transfer-progress.js';

const namespace = (what: string) =>
  Flags.string({
    description: `namespace of ${what}: private, host or container:<id or name>`,
    helpValue: 'MODE',
  });

export default class Run extends BaseCommand {
  static override summary = 'run a command in a new container of an image';
  static override aliases = ['container:run'];
  static override description =
    "Exits as the command does; 125 when tsbuild failed, 126 when the command cannot be executed, 127 when it is not there, 128 and a signal's number when one ended it.";
  static override usage = 'run [FLAGS] IMAGE [COMMAND] [ARG...]';
  static override examples = [
    '<%= config.bin %> run --rm hello',
    '<%= config.bin %> run --rm -it -v "$PWD:/src" -w /src alpine sh -c "ls -la"',
  ];
  static override enableJsonFlag = false;
  static override readonly stopAtArgument = true;
  static override args = {
    image: Args.string({description: 'image to run', required: true, ignoreStdin: true}),
  };
  static override flags = {
    pull: Flags.option({
      description: 'when to ask a registry for the image',
      options: ['missing', 'always', 'never'] as const,
      default: 'missing',
    })(),
    platform: platformFlag('which of several images'),
    quiet: Flags.boolean({char: 'q', description: 'do not tell of a pull'}),
    ...registryFlags,
    ...offlineFlag,
    interactive: Flags.boolean({char: 'i', description: 'keep stdin open'}),
    tty: Flags.boolean({char: 't', description: 'give it a terminal'}),
    rm: Flags.boolean({description: 'remove the container when it ends'}),
    env: Flags.string({
      char: 'e',
      description: 'environment variable; KEY alone takes it from the environment',
      helpValue: 'KEY[=VALUE]',
      ...repeatable,
    }),
    'env-file': Flags.string({
      description: 'file of environment variables, one a line',
      helpValue: 'FILE',
      ...repeatable,
    }),
    workdir: Flags.string({char: 'w', description: 'working directory', helpValue: 'DIR'}),
    user: Flags.string({char: 'u', description: 'user to run as', helpValue: 'USER[:GROUP]'}),
    'group-add': Flags.string({
      description: 'group that the user is in besides',
      helpValue: 'GROUP',
      ...repeatable,
    }),
    volume: Flags.string({
      char: 'v',
      description: 'mount a host directory or a volume',
      helpValue: 'SOURCE:TARGET[:OPTIONS]',
      ...repeatable,
    }),
    mount: Flags.string({
      description: 'mount a host directory, a volume or memory, each said by its name',
      helpValue: 'type=bind|volume|tmpfs,source=SOURCE,target=TARGET[,NAME=VALUE]',
      ...repeatable,
    }),
    tmpfs: Flags.string({
      description: 'mount an empty file system in memory',
      helpValue: 'TARGET[:OPTIONS]',
      ...repeatable,
    }),
    'read-only': Flags.boolean({description: 'make the root file system read-only'}),
    entrypoint: Flags.string({
      description: "command instead of the image's ENTRYPOINT and CMD",
      helpValue: 'COMMAND',
    }),
    network: Flags.string({
      description: 'network of the container: default, none, host or container:<id or name>',
      aliases: ['net'],
      default: 'default',
      helpValue: 'NETWORK',
    }),
    dns: Flags.string({
      description: "server in /etc/resolv.conf, instead of this machine's",
      helpValue: 'ADDRESS',
      ...repeatable,
    }),
    'dns-search': Flags.string({
      description: 'domain to look names up in; . for none',
      helpValue: 'DOMAIN',
      ...repeatable,
    }),
    'dns-option': Flags.string({
      description: 'option in /etc/resolv.conf',
      aliases: ['dns-opt'],
      helpValue: 'OPTION',
      ...repeatable,
    }),
    ...processFlags('the container'),
    pid: namespace('process ids'),
    ipc: namespace('System V IPC and POSIX message queues'),
    uts: namespace('host name'),
    userns: namespace('user ids'),
    cgroupns: namespace('control groups'),
    init: Flags.boolean({
      description: 'run an init as process 1, which reaps and forwards signals',
    }),
    'cap-add': Flags.string({
      description: 'add a capability',
      helpValue: 'CAPABILITY',
      ...repeatable,
    }),
    'cap-drop': Flags.string({
      description: 'drop a capability',
      helpValue: 'CAPABILITY',
      ...repeatable,
    }),
    privileged: Flags.boolean({
      description: 'let it do all that tsbuild itself may: every capability and system call',
    }),
    'security-opt': Flags.string({
      description: 'security option: seccomp=unconfined, no-new-privileges',
      helpValue: 'OPTION',
      ...repeatable,
    }),
    'sig-proxy': Flags.boolean({
      description:
        'pass signals on to the container, which the third interrupt or termination kills; without it, the first',
      allowNo: true,
      default: true,
    }),
    cidfile: Flags.string({
      description: "write the container's id to a new file",
      helpValue: 'FILE',
    }),
    name: Flags.string({description: 'name of the container', helpValue: 'NAME'}),
    hostname: Flags.string({char: 'h', description: 'host name', helpValue: 'NAME'}),
    runtime: Flags.string({
      description: "run with this OCI runtime, like crun, not with tsbuild's own",
      helpValue: 'PATH',
    }),
  };
  protected override readonly failureCode = EXIT_USAGE;

  async run(): Promise<void> {
    const {args, flags} = await this.parse(Run);
    const request = {
      pull: flags.pull,
      ...accessOf(flags),
      image: args.image,
      args: [...this.rest],
      interactive: flags.interactive,
      tty: flags.tty,
      remove: flags.rm,
      env: flags.env ?? [],
      envFiles: flags['env-file'] ?? [],
      volumes: flags.volume ?? [],
      mounts: flags.mount ?? [],
      tmpfs: flags.tmpfs ?? [],
      groups: flags['group-add'] ?? [],
      readOnly: flags['read-only'],
      network: flags.network,
      dns: defined({
        servers: flags.dns,
        search: flags['dns-search'],
        options: flags['dns-option'],
      }),
      ...processRequest(flags),
      namespaces: defined({
        pid: flags.pid,
        ipc: flags.ipc,
        uts: flags.uts,
        user: flags.userns,
        cgroup: flags.cgroupns,
      }),
      init: flags.init,
      capAdd: flags['cap-add'] ?? [],
      capDrop: flags['cap-drop'] ?? [],
      privileged: flags.privileged,
      securityOpt: flags['security-opt'] ?? [],
      signalProxy: flags['sig-proxy'],
      ...defined({
        workdir: flags.workdir,
        user: flags.user,
        entrypoint: flags.entrypoint,
        hostname: flags.hostname,
        idFile: flags.cidfile,
        name: flags.name,
        runtime: flags.runtime,
        platform: flags.platform,
        root: flags.root,
      }),
    };
    const {code} = await tellingTransfer(flags.quiet, (onEvent) => runImage(request, {onEvent}));
    process.exitCode = code;
  }
}
