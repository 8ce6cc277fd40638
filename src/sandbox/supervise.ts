/** A plan carried out, its output delivered, and its end waited for. */
import {type LaunchedProcess, launch, type Stdio} from '../linux/launch.js';
import type {Plan, PlanOutcome} from '../linux/plan.js';
import {type OutputPipe, outputPipe} from './output-pipe.js';

export interface SuperviseOptions {
  /** By default /dev/null. */
  readonly stdin?: Stdio;
  /**
   * Who takes what the process writes, each stream in order, and answers false to hear no more of it: the pipe breaks. Without it the
   * process has the caller's own streams.
   */
  readonly onOutput?: (stream: 'stdout' | 'stderr', data: Uint8Array) => unknown;
  /** Kills the process and everything it started. */
  readonly signal?: AbortSignal;
  /** The launcher's executable; by default the installed one. */
  readonly launcher?: string;
}

export interface SupervisedProcess {
  /** The process's pid as seen from here, once the program runs; undefined when it never did. */
  readonly started: Promise<number | undefined>;
  /** Settles after the end of the process and of its output. Rejects with the reason of an abort. */
  readonly ended: Promise<PlanOutcome>;
  kill(signal: NodeJS.Signals | number): void;
}

/**
 * Takes   the uid that the process begins with: it may open its own output again by name.
 * Throws  LauncherError, InvalidPlanError, and the reason of a signal that is aborted already.
 */
export function supervise(plan: Plan, owner: number, options: SuperviseOptions): SupervisedProcess {
  const {signal, onOutput, launcher} = options;
  signal?.throwIfAborted();
  const pipes = onOutput === undefined ? [] : outputPipes(owner, onOutput);
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
  return {
    started: launched.started,
    ended: Promise.all([follow(launched, signal), delivered]).then(([outcome]) => outcome),
    kill: (number) => launched.kill(number),
  };
}

const outputPipes = (
  owner: number,
  onOutput: NonNullable<SuperviseOptions['onOutput']>,
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
