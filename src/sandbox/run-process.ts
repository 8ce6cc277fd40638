/** Runs the process of a config in its sandbox, and follows it to its end. */
import {type LaunchedProcess, launch, type Stdio} from '../linux/launch.js';
import type {PlanOutcome} from '../linux/plan.js';
import type {RuntimeConfig} from '../oci/runtime-spec.js';
import {hostArchitecture} from './host-facts.js';
import {type LowerOptions, lower} from './lower.js';
import {type OutputPipe, outputPipe} from './output-pipe.js';
import {setupFailure} from './setup-failure.js';

export interface RunOptions {
  /** By default /dev/null. */
  readonly stdin?: Stdio;
  /** Who takes what the process writes, in order; without it the process has the caller's own streams. */
  readonly onOutput?: (stream: 'stdout' | 'stderr', data: Uint8Array) => void;
  /** Kills the process and everything it started. */
  readonly signal?: AbortSignal;
  readonly init?: boolean;
  /** GOARCH; by default this machine's. */
  readonly architecture?: string;
  /** The launcher's executable; by default the installed one. */
  readonly launcher?: string;
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
  const {signal, onOutput, launcher} = options;
  signal?.throwIfAborted();
  const plan = lower(config, lowerOptions(options));
  const pipes = onOutput === undefined ? [] : outputPipes(config.process.user.uid, onOutput);
  const [stdout, stderr] = pipes;
  let launched: LaunchedProcess;
  try {
    launched = launch(plan, {
      stdin: options.stdin ?? 'ignore',
      stdout: stdout?.writer ?? 'inherit',
      stderr: stderr?.writer ?? 'inherit',
      ...(launcher === undefined ? {} : {launcher}),
    });
  } finally {
    for (const pipe of pipes) pipe.closeWriter();
  }
  const delivered = Promise.all(pipes.map(({drained}) => drained));
  const exit = Promise.all([follow(launched, signal), delivered]).then(([outcome]) => {
    if (outcome.kind === 'failed') throw setupFailure(plan, outcome);
    return statusOf(outcome);
  });
  return {started: launched.started, exit, kill: (number) => launched.kill(number)};
}

/** As startProcess, when only the end matters. */
export const runProcess = async (
  config: RuntimeConfig,
  options: RunOptions = {},
): Promise<ExitStatus> => startProcess(config, options).exit;

const lowerOptions = ({init, architecture = hostArchitecture()}: RunOptions): LowerOptions => ({
  architecture,
  ...(init === undefined ? {} : {init}),
});

const outputPipes = (
  owner: number,
  onOutput: NonNullable<RunOptions['onOutput']>,
): readonly OutputPipe[] =>
  (['stdout', 'stderr'] as const).map((stream) =>
    outputPipe(owner, (data) => onOutput(stream, data)),
  );

/** SIGKILL of process 1 takes its whole pid namespace along; a step has nothing to save that a signal could tell. */
async function follow(process: LaunchedProcess, signal?: AbortSignal): Promise<PlanOutcome> {
  const abort = (): void => process.kill('SIGKILL');
  signal?.addEventListener('abort', abort, {once: true});
  try {
    const outcome = await process.outcome;
    signal?.throwIfAborted();
    return outcome;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

const statusOf = (outcome: Exclude<PlanOutcome, {kind: 'failed'}>): ExitStatus =>
  outcome.kind === 'exited'
    ? {code: outcome.code}
    : {code: 128 + outcome.signal, signal: outcome.signal};
