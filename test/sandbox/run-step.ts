/**
 * Runs one build step over a busybox root and prints how it went, as JSON. Started by tests through the launcher, so
 * that it has the user and mount namespaces that tsbuild itself has.
 *
 * argv  a JSON of StepRequest
 */
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {TsbuildError} from '../../src/base/error.js';
import {resolveAccount} from '../../src/sandbox/accounts.js';
import {readHostFacts} from '../../src/sandbox/host-facts.js';
import {writeNetworkFiles} from '../../src/sandbox/network-files.js';
import {startWithOCIRuntime} from '../../src/sandbox/oci-runtime.js';
import {startProcess} from '../../src/sandbox/run-process.js';
import {BUILD_HOSTNAME, buildStepSpec} from '../../src/sandbox/spec/build-step-spec.js';
import {busyboxRoot} from '../helpers/busybox-root.js';

export interface StepRequest {
  readonly args: readonly string[];
  readonly launcher: string;
  readonly user?: string;
  readonly network?: 'default' | 'none';
  readonly workingDirectory?: string;
  readonly init?: boolean;
  readonly noNewPrivileges?: boolean;
  readonly readonlyRoot?: boolean;
  /** crun or runc instead of the launcher. */
  readonly runtime?: string;
  /** Aborts as soon as the process has written something. */
  readonly abortOnOutput?: boolean;
}

export interface StepReport {
  readonly stdout: string;
  readonly stderr: string;
  readonly code?: number;
  readonly signal?: number;
  /** Of a TsbuildError, or the name of any other. */
  readonly error?: string;
  readonly message?: string;
}

async function runStep(request: StepRequest): Promise<StepReport> {
  using root = busyboxRoot();
  const scratch = join(root.base, 'scratch');
  mkdirSync(scratch);
  const files = writeNetworkFiles(scratch, BUILD_HOSTNAME, {hostNetwork: true});
  const output = {stdout: '', stderr: ''};
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
    const spec = buildStepSpec({
      rootfs: root.path,
      args: request.args,
      env: ['COLOR=blue'],
      workingDirectory: request.workingDirectory ?? '/',
      account: resolveAccount(root.path, request.user ?? ''),
      network: request.network ?? 'default',
      host: readHostFacts(),
      hostsFile: files.hosts,
      resolvConfFile: files.resolvConf,
    });
    const config = {
      ...spec,
      root: {path: root.path, readonly: request.readonlyRoot ?? false},
      process: {...spec.process, noNewPrivileges: request.noNewPrivileges ?? false},
    };
    const running =
      request.runtime === undefined
        ? startProcess(config, options)
        : startWithOCIRuntime(config, {...options, runtime: request.runtime, scratch});
    return {...(await running.exit), ...output};
  } catch (error) {
    const {name, message} = error as Error;
    return {...output, error: error instanceof TsbuildError ? error.code : name, message};
  }
}

const request = JSON.parse(process.argv[2] ?? '{}') as StepRequest;
process.stdout.write(JSON.stringify(await runStep(request)));
