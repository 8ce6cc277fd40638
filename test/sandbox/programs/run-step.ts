/**
 * Runs one build step over a busybox root and prints how it went, as JSON. Started by tests through the launcher, so
 * that it has the user and mount namespaces that tsbuild itself has.
 *
 * argv  a JSON of StepRequest
 */
import {mkdirSync, readlinkSync} from 'node:fs';
import {join} from 'node:path';
import {TsbuildError} from '../../../src/base/error.js';
import {mount} from '../../../src/linux/mount.js';
import type {Mount} from '../../../src/oci/runtime-spec.js';
import {resolveAccount} from '../../../src/sandbox/accounts.js';
import {readHostFacts} from '../../../src/sandbox/host-facts.js';
import {writeNetworkFiles} from '../../../src/sandbox/network-files.js';
import {startWithOCIRuntime} from '../../../src/sandbox/oci-runtime.js';
import {startProcess} from '../../../src/sandbox/run-process.js';
import {BUILD_HOSTNAME, buildStepSpec} from '../../../src/sandbox/spec/build-step-spec.js';
import {type ContainerOptions, containerSpec} from '../../../src/sandbox/spec/container-spec.js';
import {busyboxRoot} from '../../helpers/busybox-root.js';

export interface StepRequest {
  readonly args: readonly string[];
  readonly launcher: string;
  readonly user?: string;
  readonly network?: 'default' | 'none';
  readonly workingDirectory?: string;
  readonly init?: boolean;
  readonly noNewPrivileges?: boolean;
  readonly readonlyRoot?: boolean;
  /** A container of this image instead of a build step. */
  readonly container?: Partial<ContainerOptions>;
  /** Covers a part of /proc first, as it is in a container. */
  readonly coverProc?: boolean;
  /** crun or runc instead of the launcher. */
  readonly runtime?: string;
  /** Aborts as soon as the process has written something. */
  readonly abortOnOutput?: boolean;
}

export interface StepReport {
  readonly stdout: string;
  readonly stderr: string;
  /** The user and UTS namespaces the process was started from. */
  readonly outside: readonly string[];
  readonly code?: number;
  readonly signal?: number;
  /** Of a TsbuildError, or the name of any other. */
  readonly error?: string;
  readonly message?: string;
  readonly hint?: string | undefined;
}

const PLAIN_CONTAINER = {
  image: {Env: ['COLOR=blue']},
  hostname: 'web',
  env: [],
  terminal: false,
  readonlyRoot: false,
  capAdd: [],
  capDrop: [],
  noNewPrivileges: false,
};

/** BASE in a source is the temporary directory beside the root. */
const fill = (mounts: readonly Mount[], base: string): Mount[] =>
  mounts.map((mount) => ({...mount, source: mount.source.replace('BASE', base)}));

async function runStep(request: StepRequest): Promise<StepReport> {
  using root = busyboxRoot();
  const scratch = join(root.base, 'scratch');
  mkdirSync(scratch);
  const files = writeNetworkFiles(scratch, BUILD_HOSTNAME, {hostNetwork: true});
  const outside = ['user', 'uts'].map((kind) => readlinkSync(`/proc/self/ns/${kind}`));
  const output = {stdout: '', stderr: '', outside};
  const abort = new AbortController();
  const options = {
    launcher: request.launcher,
    signal: abort.signal,
    init: request.init ?? false,
    onOutput: (stream: 'stdout' | 'stderr', data: Uint8Array) => {
      output[stream] += Buffer.from(data).toString();
      if (request.abortOnOutput) abort.abort();
    },
  };
  try {
    if (request.coverProc) mount({source: 'tmpfs', target: '/proc/irq', type: 'tmpfs'});
    const place = {
      rootfs: root.path,
      args: request.args,
      account: resolveAccount(root.path, request.user ?? ''),
      host: readHostFacts(),
    };
    const spec =
      request.container === undefined
        ? buildStepSpec({
            ...place,
            env: ['COLOR=blue'],
            workingDirectory: request.workingDirectory ?? '/',
            network: request.network ?? 'default',
            hostsFile: files.hosts,
            resolvConfFile: files.resolvConf,
          })
        : containerSpec({
            ...place,
            ...PLAIN_CONTAINER,
            ...request.container,
            mounts: fill(request.container.mounts ?? [], root.base),
          });
    const config = {
      ...spec,
      root: {path: root.path, readonly: request.readonlyRoot ?? spec.root.readonly ?? false},
      process: {
        ...spec.process,
        noNewPrivileges: request.noNewPrivileges ?? spec.process.noNewPrivileges,
      },
    };
    const running =
      request.runtime === undefined
        ? startProcess(config, options)
        : startWithOCIRuntime(config, {...options, runtime: request.runtime, scratch});
    return {...(await running.exit), ...output};
  } catch (error) {
    const {name, message} = error as Error;
    return error instanceof TsbuildError
      ? {...output, error: error.code, message, hint: error.hint}
      : {...output, error: name, message};
  }
}

const request = JSON.parse(process.argv[2] ?? '{}') as StepRequest;
process.stdout.write(JSON.stringify(await runStep(request)));
