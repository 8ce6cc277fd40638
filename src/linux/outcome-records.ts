/**
 * What the monitor tells: records of three int32, (kind, first, second), in the machine's order.
 *
 *   1 started (pid)   2 exited (code)   3 signaled (signal)   4 failed (step, errno)
 */
import type {ChildProcess} from 'node:child_process';
import {constants} from 'node:os';
import type {Readable} from 'node:stream';
import {LauncherError} from './errors.js';
import type {PlanOutcome} from './plan.js';

const RECORD_SIZE = 12;
const STARTED = 1;

export interface OutcomeRecords {
  readonly started: Promise<number | undefined>;
  /** Undefined when the monitor itself was killed before it could tell. */
  readonly ended: Promise<PlanOutcome | undefined>;
}

export function readOutcome(stream: Readable): OutcomeRecords {
  let rest = Buffer.alloc(0);
  let tellStarted: (pid: number | undefined) => void = () => undefined;
  let tellEnded: (outcome: PlanOutcome | undefined) => void = () => undefined;
  const started = new Promise<number | undefined>((resolve) => {
    tellStarted = resolve;
  });
  const ended = new Promise<PlanOutcome | undefined>((resolve) => {
    tellEnded = resolve;
  });
  stream.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (; rest.byteLength >= RECORD_SIZE; rest = rest.subarray(RECORD_SIZE)) {
      const pid = startedIn(rest);
      const outcome = outcomeIn(rest);
      if (pid !== undefined) tellStarted(pid);
      if (outcome !== undefined) tellEnded(outcome);
    }
  });
  stream.on('error', () => undefined);
  stream.on('close', () => {
    tellStarted(undefined);
    tellEnded(undefined);
  });
  return {started, ended};
}

/** The last record of a finished process in the file that launchDetached was given; undefined while it runs. */
export function outcomeInFile(bytes: Buffer): PlanOutcome | undefined {
  const end = bytes.byteLength - (bytes.byteLength % RECORD_SIZE);
  return end === 0 ? undefined : outcomeIn(bytes.subarray(end - RECORD_SIZE, end));
}

function startedIn(record: Buffer): number | undefined {
  return record.readInt32LE(0) === STARTED ? record.readInt32LE(4) : undefined;
}

function outcomeIn(record: Buffer): PlanOutcome | undefined {
  const kind = record.readInt32LE(0);
  const first = record.readInt32LE(4);
  const second = record.readInt32LE(8);
  if (kind === 2) return {kind: 'exited', code: first};
  if (kind === 3) return {kind: 'signaled', signal: first};
  if (kind === 4) return {kind: 'failed', step: first, errno: second};
  return undefined;
}

/** Waits for the monitor and its pipes to be done. A monitor that was killed counts as its process killed with it. */
export async function outcomeOf(
  child: ChildProcess,
  ended: Promise<PlanOutcome | undefined>,
  launcher: string,
): Promise<PlanOutcome> {
  const signal = await new Promise<NodeJS.Signals | null>((resolve, reject) => {
    child.on('error', (cause) => reject(new LauncherError(launcher, cause)));
    child.on('close', (_code, name) => resolve(name));
  });
  const outcome = await ended;
  if (outcome !== undefined) return outcome;
  if (signal === null) throw new LauncherError(launcher);
  return {kind: 'signaled', signal: constants.signals[signal]};
}
