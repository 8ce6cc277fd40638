import type {RuntimeConfig} from '../oci/runtime-spec.js';
import {InvalidRunOptionError} from './errors.js';
import {startWithOCIRuntime} from './oci-runtime.js';
import {type RunningProcess, type RunOptions, startProcess} from './run-process.js';

export interface StartOptions extends RunOptions {
  /** An OCI runtime, like crun; undefined is tsbuild's own launcher. */
  readonly runtime: string | undefined;
  /** An existing directory for what a runtime needs. */
  readonly scratch: string;
}

/** Starts the process of a config with the runtime asked for. Throws as startProcess and startWithOCIRuntime do. */
export function startWith(config: RuntimeConfig, options: StartOptions): RunningProcess {
  const {runtime, scratch, init, ...supervised} = options;
  if (runtime === undefined) return startProcess(config, options);
  if (init) {
    throw new InvalidRunOptionError('--init', `${runtime} has no process 1 of its own to offer`);
  }
  return startWithOCIRuntime(config, {...supervised, runtime, scratch});
}
