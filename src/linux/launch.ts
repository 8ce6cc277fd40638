/**
 * Starts the launcher on a plan and follows the process until its end.
 *
 * The launcher's monitor lives as long as the process; when the thread that called ends, however it ends, the kernel
 * ends both: call from the main thread. A terminal is relayed by the monitor, so `inherit` is all that an interactive run needs.
 */
import {type ChildProcess, type StdioOptions, spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {constants} from 'node:os';
import type {Duplex, Readable, Writable} from 'node:stream';
import {fileURLToPath} from 'node:url';
import {encodePlan} from './encode-plan.js';
import {LauncherError} from './errors.js';
import {outcomeOf, readOutcome} from './outcome-records.js';
import type {Plan, PlanOutcome} from './plan.js';

/** `ignore` is /dev/null; a number is a descriptor of this process, which stays the caller's to close. */
export type Stdio = 'inherit' | 'ignore' | 'pipe' | number;

export interface LaunchOptions {
  readonly stdin?: Stdio;
  readonly stdout?: Stdio;
  readonly stderr?: Stdio;
  /** The executable; by default the one that was installed with this package. */
  readonly launcher?: string;
}

export interface LaunchedProcess {
  /** Of the monitor, which is this process's child. */
  readonly pid: number;
  readonly stdin: Writable | undefined;
  readonly stdout: Readable | undefined;
  readonly stderr: Readable | undefined;
  /** The process's own pid, as seen from here, once it runs its program; undefined when it never came so far. */
  readonly started: Promise<number | undefined>;
  /** Settles when the process has ended and its pipes have been read to their end. Rejects with LauncherError. */
  readonly outcome: Promise<PlanOutcome>;
  /** Sends the process a signal; SIGKILL ends everything in its pid namespace. After the end it does nothing. */
  kill(signal: NodeJS.Signals | number): void;
}

const PLAN_FD = 3;
const OUTCOME_FD = 4;

/** Throws InvalidPlanError, and LauncherError when there is no launcher. */
export function launch(plan: Plan, options: LaunchOptions = {}): LaunchedProcess {
  const {stdin = 'inherit', stdout = 'inherit', stderr = 'inherit'} = options;
  const launcher = options.launcher ?? installedLauncher();
  const bytes = encodePlan(plan);
  const child = start(launcher, ['--parent', String(process.pid)], {
    stdio: [stdin, stdout, stderr, 'pipe', 'pipe'],
  });
  sendPlan(child, bytes);
  const control = child.stdio[OUTCOME_FD] as Duplex;
  const records = readOutcome(control);
  return {
    pid: child.pid ?? 0,
    stdin: child.stdin ?? undefined,
    stdout: child.stdout ?? undefined,
    stderr: child.stderr ?? undefined,
    started: records.started,
    outcome: outcomeOf(child, records.ended, launcher),
    kill(signal) {
      if (child.exitCode !== null || child.signalCode !== null || !control.writable) return;
      const number = typeof signal === 'number' ? signal : constants.signals[signal];
      control.write(Buffer.of(number));
    },
  };
}

export interface DetachedOptions {
  readonly stdin: number | 'ignore';
  readonly stdout: number | 'ignore';
  readonly stderr: number | 'ignore';
  /** A file open for appending: the records of outcome-records.ts go there, as nobody waits. */
  readonly outcome: number;
  readonly launcher?: string;
}

/** As launch, for a process that outlives this one. Answers the monitor's pid; a signal to it reaches the process. */
export function launchDetached(plan: Plan, options: DetachedOptions): number {
  const launcher = options.launcher ?? installedLauncher();
  const bytes = encodePlan(plan);
  const child = start(launcher, ['--detached'], {
    stdio: [options.stdin, options.stdout, options.stderr, 'pipe', options.outcome],
    detached: true,
  });
  sendPlan(child, bytes);
  child.on('error', () => undefined);
  child.unref();
  if (child.pid === undefined) throw new LauncherError(launcher);
  return child.pid;
}

function start(
  launcher: string,
  more: readonly string[],
  options: {stdio: StdioOptions; detached?: boolean},
): ChildProcess {
  const fds = ['--plan', String(PLAN_FD), '--outcome', String(OUTCOME_FD)];
  return spawn(launcher, [...fds, ...more], {...options, env: {}});
}

function sendPlan(child: ChildProcess, bytes: Buffer): void {
  const pipe = child.stdio[PLAN_FD] as Writable | undefined;
  // A launcher that could not start is told by its own error, one that gave up by its outcome.
  pipe?.on('error', () => undefined);
  pipe?.end(bytes);
}

let found: string | undefined;

/** Beside the bundle in dist/, or there as seen from the sources. */
export function installedLauncher(): string {
  if (found !== undefined) return found;
  const places = ['./tsbuild', '../tsbuild', '../../dist/tsbuild'].map((place) =>
    fileURLToPath(new URL(place, import.meta.url)),
  );
  found = places.find((place) => existsSync(place));
  if (found === undefined) throw new LauncherError(places[0] ?? 'tsbuild');
  return found;
}
