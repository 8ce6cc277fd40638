/**
 * Writes a build down as it happens: its steps, how each came out, and all they say.
 *
 * A record is no result: where the disk has no room for it, the build goes on without.
 */
import {closeSync, openSync, writeSync} from 'node:fs';
import {timestamp} from '../../base/clock.js';
import {TsbuildError} from '../../base/error.js';
import type {Vertex} from '../../graph/vertex.js';
import type {BuildHistory} from '../../history/build-history.js';
import type {BuildEnd, BuildRecord, StepRecord} from '../../history/build-record.js';
import {processStart} from '../../linux/process-start.js';
import type {Digest} from '../../oci/digest.js';
import type {Snapshotter} from '../../snapshot/snapshotter.js';
import {CanceledError} from '../../solver/errors.js';
import {isFull} from '../../store/full-disk.js';
import type {BuildEvent} from './build-event.js';

type About = Pick<BuildRecord, 'project' | 'tags' | 'context' | 'dockerfile' | 'target'>;
type Mutable<Value> = {-readonly [Key in keyof Value]: Value[Key]};

interface Step {
  readonly record: Mutable<StepRecord>;
  startedAt: number;
  log: number | undefined;
}

interface Observer {
  readonly onEvent: (event: BuildEvent) => void;
}

interface Recording<Caller extends Observer> {
  readonly workspace: {readonly history: BuildHistory; readonly snapshots: Snapshotter};
  readonly observer: Caller;
}

/** A build that is written down. */
interface Recorded<Caller> {
  /** That it is listed under. */
  readonly id: string;
  /** Its events are written down before they go on to the caller's. */
  readonly observer: Caller;
}

export function recordBuild<Out, Caller extends Observer>(
  about: About,
  {workspace, observer}: Recording<Caller>,
  act: (recorded: Recorded<Caller>) => Promise<Out>,
): Promise<Out> {
  const recorder = new BuildRecorder(about, workspace);
  const onEvent = (event: BuildEvent): void => {
    recorder.on(event);
    observer.onEvent(event);
  };
  return recorder.record(() => act({id: recorder.id, observer: {...observer, onEvent}}));
}

class BuildRecorder {
  readonly #history: BuildHistory;
  readonly #snapshots: Snapshotter;
  readonly #about: Omit<BuildRecord, 'steps' | 'end'>;
  readonly #steps = new Map<Digest, Step>();
  #imageID: Digest | undefined;

  constructor(about: About, {history, snapshots}: {history: BuildHistory; snapshots: Snapshotter}) {
    this.#history = history;
    this.#snapshots = snapshots;
    const {pid} = process;
    this.#about = {
      id: history.begin(),
      ...about,
      startedAt: timestamp(),
      builder: {pid, startTime: processStart(pid) ?? ''},
    };
    this.#write(() => history.save({...this.#about, steps: []}));
  }

  get id(): string {
    return this.#about.id;
  }

  /** After `act`, or its failure, the record is whole. */
  async record<Out>(act: () => Promise<Out>): Promise<Out> {
    const start = performance.now();
    const end = (rest: Omit<BuildEnd, 'duration'>): void =>
      this.#end({duration: Math.round(performance.now() - start), ...rest});
    try {
      const out = await act();
      end({result: 'built', imageID: this.#imageID});
      return out;
    } catch (error) {
      end(failure(error));
      throw error;
    }
  }

  on(event: BuildEvent): void {
    switch (event.kind) {
      case 'loaded':
        for (const {vertex} of event.steps) if (vertex) this.#step(vertex);
        return;
      case 'started':
        this.#step(event.vertex).startedAt = event.at;
        return;
      case 'log':
        this.#log(this.#step(event.vertex), event.data);
        return;
      case 'finished':
        this.#finished(event);
        return;
      case 'failed':
      case 'canceled':
        this.#ended(this.#step(event.vertex), event.kind, event.at);
        return;
      case 'exported':
        this.#imageID = event.imageID;
        return;
    }
  }

  #finished(event: Extract<BuildEvent, {kind: 'finished'}>): void {
    const {vertex, cached, key, chainID, at} = event;
    const step = this.#step(vertex);
    this.#ended(step, cached ? 'cached' : 'done', at);
    step.record.key = key;
    step.record.chainID = chainID;
    step.record.size = chainID && this.#snapshots.find(chainID)?.size;
  }

  #ended(step: Step, result: StepRecord['result'], at: number): void {
    step.record.result = result;
    step.record.duration = Math.round(at - step.startedAt);
    if (step.log !== undefined) closeSync(step.log);
    step.log = undefined;
  }

  #log(step: Step, data: Uint8Array): void {
    this.#write(() => {
      step.log ??= openSync(this.#history.logPath(this.#about.id, step.record.number), 'a', 0o600);
      writeSync(step.log, data);
      step.record.logged += data.byteLength;
    });
  }

  #write(act: () => void): void {
    try {
      act();
    } catch (error) {
      if (!isFull(error)) throw error;
    }
  }

  #step({id, name, lines}: Vertex): Step {
    const known = this.#steps.get(id);
    if (known) return known;
    const number = this.#steps.size + 1;
    const record: StepRecord = {number, name, lines, result: 'waiting', duration: 0, logged: 0};
    const step: Step = {record, startedAt: 0, log: undefined};
    this.#steps.set(id, step);
    return step;
  }

  #end(end: BuildEnd): void {
    const steps = [...this.#steps.values()].map(({record}) => record);
    this.#write(() => this.#history.save({...this.#about, end, steps}));
  }
}

function failure(error: unknown): Omit<BuildEnd, 'duration'> {
  const {message} = error as Error;
  const code = error instanceof TsbuildError ? error.code : 'E_BUG';
  return {
    result: error instanceof CanceledError ? 'canceled' : 'failed',
    error: {code, message: message.slice(0, 2000)},
  };
}
