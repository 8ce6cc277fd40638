import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import {buildImage} from '../src/app/build/build.js';
import {writeToStdout} from '../src/app/build/build-outputs.js';
import type {BuildRequest} from '../src/app/build/build-request.js';
import type {OpenObserver} from '../src/app/build/open-build.js';
import {planBuild} from '../src/app/build/plan-build.js';
import {answerCall} from '../src/ui/call/call.js';
import {type CallOption, parseCall} from '../src/ui/call/call-option.js';
import {BaseCommand} from '../src/ui/command/base-command.js';
import {defined} from '../src/ui/command/defined.js';
import {acceptedFlags} from '../src/ui/flags/accepted-flags.js';
import {cacheFlags, cacheRequest} from '../src/ui/flags/cache-flags.js';
import {platformFlag, repeatable} from '../src/ui/flags/flags.js';
import {outputFlags, outputRequest} from '../src/ui/flags/output-flags.js';
import {accessOf, offlineFlag, registryFlags} from '../src/ui/flags/registry-flags.js';
import {stepFlags, stepRequest} from '../src/ui/flags/step-flags.js';
import {buildProgress} from '../src/ui/progress/build-progress.js';
import {MODES} from '../src/ui/progress/progress.js';
import {BuildRemarks, warningLine} from '../src/ui/report/build-remarks.js';
import {planLines} from '../src/ui/report/plan-lines.js';

export default class Build extends BaseCommand {
  static override summary = 'build an image from a Dockerfile';
  static override aliases = ['image:build', 'buildx:build', 'builder:build'];
  static override description = 'Prints the id of the image on stdout, and what happens on stderr.';
  static override examples = [
    '<%= config.bin %> build -t hello .',
    '<%= config.bin %> build -f Dockerfile.prod --build-arg VERSION=1.2 --target app .',
    '<%= config.bin %> build https://github.com/user/project.git#v1.2:docker',
    '<%= config.bin %> run $(<%= config.bin %> build -q .)',
  ];
  static override args = {
    context: Args.string({
      description:
        'directory whose files COPY and ADD may use, or the address of a git repository or an archive; - takes an archive, or a Dockerfile, from stdin',
      required: true,
      ignoreStdin: true,
    }),
  };
  static override flags = {
    file: Flags.string({
      char: 'f',
      description:
        'the Dockerfile, its address, or - for stdin (default: Dockerfile in the context)',
      helpValue: 'PATH',
    }),
    tag: Flags.string({
      char: 't',
      description: 'name the image NAME[:TAG]',
      helpValue: 'NAME',
      ...repeatable,
    }),
    'build-context': Flags.string({
      description:
        'take SOURCE, a directory, a git repository, an address, docker-image://NAME or oci-layout://DIRECTORY[:NAME][@DIGEST], for the image or stage NAME',
      helpValue: 'NAME=SOURCE',
      ...repeatable,
    }),
    'normalize-modes': Flags.boolean({
      description:
        "give the context's files the modes git would: 0644, or 0755 what its owner may execute",
    }),
    target: Flags.string({description: 'stage to build', helpValue: 'STAGE'}),
    'build-arg': Flags.string({
      description: 'value of an ARG; KEY alone takes it from the environment',
      helpValue: 'KEY[=VALUE]',
      ...repeatable,
    }),
    label: Flags.string({
      description: 'label of the image',
      helpValue: 'KEY=VALUE',
      ...repeatable,
    }),
    'no-cache': Flags.boolean({description: 'run every step afresh'}),
    ...cacheFlags,
    explain: Flags.boolean({
      description: 'say of each step that ran why no earlier result was taken',
    }),
    plan: Flags.boolean({
      description: 'say which steps would run, and why, and build nothing',
    }),
    project: Flags.string({
      description: "name to list the build under (default: the context's directory)",
      helpValue: 'NAME',
    }),
    pull: Flags.boolean({description: 'ask registries for newer images than those here'}),
    ...registryFlags,
    ...offlineFlag,
    platform: platformFlag('platform to build for'),
    network: Flags.option({
      description: 'network of RUN steps',
      options: ['default', 'none', 'host'] as const,
      default: 'default',
    })(),
    ...stepFlags,
    jobs: Flags.integer({
      description: 'how many steps may run at once (default: all that can)',
      min: 1,
      helpValue: 'COUNT',
    }),
    'ca-cert': Flags.string({
      description: 'PEM file of certificate authorities that RUN steps trust as well',
      helpValue: 'FILE',
    }),
    runtime: Flags.string({
      description: "run steps with this OCI runtime, like crun, not with tsbuild's own",
      helpValue: 'PATH',
    }),
    ...outputFlags,
    ...acceptedFlags,
    check: Flags.boolean({description: 'check the Dockerfile, build nothing: --call=check'}),
    call: Flags.string({
      description:
        'what to do: build, or tell of it: check, outline, targets; with format=json and ignorestatus=true',
      helpValue: 'METHOD[,format=FORMAT]',
      default: 'build',
    }),
    progress: Flags.option({
      description: 'how to tell what happens',
      env: 'BUILDKIT_PROGRESS',
      options: MODES,
      default: 'auto',
    })(),
    quiet: Flags.boolean({char: 'q', description: 'print the image id only'}),
  };

  async run(): Promise<object> {
    const {args, flags} = await this.parse(Build);
    const call = parseCall(flags.check ? 'check' : flags.call);
    const stdoutIsTaken = writeToStdout(flags.output ?? []);
    const mode = flags.quiet ? 'quiet' : flags.progress;
    const progress = buildProgress(mode, (source) => {
      this.source = source;
    });
    try {
      const request = {
        context: args.context,
        tags: flags.tag ?? [],
        buildArgs: flags['build-arg'] ?? [],
        buildContexts: flags['build-context'] ?? [],
        labels: flags.label ?? [],
        noCache: flags['no-cache'],
        normalizeModes: flags['normalize-modes'],
        ...outputRequest(flags),
        ...cacheRequest(flags),
        network: flags.network,
        pull: flags.pull,
        ...accessOf(flags),
        ...stepRequest(flags),
        ...defined({
          dockerfile: flags.file,
          target: flags.target,
          project: flags.project,
          platform: flags.platform,
          jobs: flags.jobs,
          caCert: flags['ca-cert'],
          runtime: flags.runtime,
          root: flags.root,
        }),
      };
      if (flags.plan) return await this.#plan(request);
      if (call.method !== 'build') return await this.#answer(call, request);
      const remarks = new BuildRemarks();
      const image = await buildImage(request, {
        onEvent: (event) => {
          remarks.on(event);
          progress.on(event);
        },
        signal: this.signal,
        measureContext: mode === 'classic',
        reportSteps: mode === 'classic',
        explainSteps: flags.explain,
      }).finally(() => {
        progress.end();
        for (const line of remarks.lines()) this.logToStderr(line);
      });
      if (image.imageID !== undefined && !stdoutIsTaken) this.log(image.imageID);
      return image;
    } finally {
      progress.end();
    }
  }

  #observer(): OpenObserver {
    const onSource = (source: BaseCommand['source']) => {
      this.source = source;
    };
    return {onSource, signal: this.signal};
  }

  async #plan(request: BuildRequest): Promise<object> {
    const warn = (message: string): void => this.logToStderr(warningLine(message));
    const plan = await planBuild(request, {...this.#observer(), warn});
    for (const line of planLines(plan)) this.log(line);
    return plan;
  }

  async #answer(call: CallOption, request: BuildRequest): Promise<object> {
    const observer = this.#observer();
    const {text, json, exitCode, failure} = await answerCall(call, request, observer);
    if (call.format === 'json') {
      if (!this.jsonEnabled()) this.logJson(json);
    } else {
      this.log(text);
      if (failure !== undefined && !this.jsonEnabled()) throw failure;
    }
    process.exitCode = exitCode;
    return json;
  }
}
