/** Runs the process of a config in its sandbox, and follows it to its end. */
import type {PlanOutcome} from '../linux/plan.js';
import type {RuntimeConfig} from '../oci/runtime-spec.js';
import {hostArchitecture} from './host-facts.js';
import {type LowerOptions, lower} from './lower.js';
import {setupFailure} from './setup-failure.js';
import {type SuperviseOptions, supervise} from './supervise.js';

export interface RunOptions extends SuperviseOptions {
  readonly init?: boolean;
  /** GOARCH; by default this machine's. */
  readonly architecture?: string;
}

/** `code` as a shell has it: the process's own, or 128 and the number of the signal that ended it. */
export interface ExitStatus {
  readonly code: number;
  readonly signal?: number;
}

export interface RunningProcess {
  /** The process's pid as seen from here, once the program runs; undefined when it never did. */
  readonly started: Promise<number | undefined>;
  /**
   * Settles when the process has ended and all of its output has been delivered. Rejects with CommandNotFoundError
   * (exit code 127), CommandNotExecutableError (126), SandboxSetupError (125), and the reason of an abort.
   */
  readonly exit: Promise<ExitStatus>;
  kill(signal: NodeJS.Signals | number): void;
}

/** Throws MountPointError, SeccompProfileError, LauncherError, and the reason of a signal that is aborted already. */
export function startProcess(config: RuntimeConfig, options: RunOptions = {}): RunningProcess {
  const plan = lower(config, lowerOptions(options));
  const {started, ended, kill} = supervise(plan, config.process.user.uid, options);
  const exit = ended.then((outcome) => {
    if (outcome.kind === 'failed') throw setupFailure(plan, outcome);
    return exitStatus(outcome);
  });
  return {started, exit, kill};
}

/** As startProcess, when only the end matters. */
export const runProcess = async (
  config: RuntimeConfig,
  options: RunOptions = {},
): Promise<ExitStatus> => startProcess(config, options).exit;

export const exitStatus = (outcome: Exclude<PlanOutcome, {kind: 'failed'}>): ExitStatus =>
  outcome.kind === 'exited'
    ? {code: outcome.code}
    : {code: 128 + outcome.signal, signal: outcome.signal};

const lowerOptions = ({init, architecture = hostArchitecture()}: RunOptions): LowerOptions => ({
  architecture,
  ...(init === undefined ? {} : {init}),
});
