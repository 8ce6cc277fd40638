/**
 * The transcript of docker's classic builder: one step after the other, in Dockerfile order.
 *
 *   Step 2/7 : RUN make
 *    ---> Running in 5c1f39d70a5b      a step that runs, then its output, then its removal
 *    ---> 804b0a01ea83                 the image after the step; before it ` ---> Using cache` where it was
 *
 * Steps run side by side: what a later one writes is held back until its turn. FROM never says it used the cache.
 * Source  docker/docker (moby) 18.09, builder/dockerfile/dispatchers.go and internals.go.
 */
import type {BuildEvent} from '../../app/build/build-event.js';
import type {BuildStep} from '../../frontend/build-definition.js';
import {type Digest, shortID} from '../../oci/digest.js';
import {formatBytes} from '../text/units.js';
import {LogLines} from './log-lines.js';
import type {Progress, Sink} from './progress.js';
import {oneLine} from './step-name.js';
import {warningFrame, warningLine} from './warnings.js';

type Loaded = Extract<BuildEvent, {kind: 'loaded'}>;
type Log = Extract<BuildEvent, {kind: 'log'}>;
type StepDone = Extract<BuildEvent, {kind: 'step'}>;

/** Lines held back of a step whose turn has not come: the last ones. */
const HELD = 2000;
const CLIPPED = '[earlier output clipped]';

interface Output {
  readonly streams: {readonly stdout: LogLines; readonly stderr: LogLines};
  lines: string[];
}

export class ClassicProgress implements Progress {
  readonly #write: Sink;
  #steps: readonly BuildStep[] = [];
  #turn = 0;
  #running = false;
  readonly #outputs = new Map<Digest, Output>();
  #failed: Digest | undefined;

  constructor(write: Sink) {
    this.#write = write;
  }

  on(event: BuildEvent): void {
    switch (event.kind) {
      case 'loaded':
        this.#loaded(event);
        return;
      case 'log':
        this.#log(event);
        return;
      case 'step':
        this.#stepDone(event);
        return;
      case 'failed':
        this.#failed = event.vertex.id;
        return;
      case 'exported':
        if (event.imageID === undefined) return;
        this.#write(`Successfully built ${shortID(event.imageID)}\n`);
        for (const tag of event.tags) this.#write(`Successfully tagged ${tag}\n`);
    }
  }

  /** Of a build that failed: what was held back of the step that did. */
  end(): void {
    const step = this.#steps.find(({vertex, owns}) => owns && vertex?.id === this.#failed);
    if (this.#failed === undefined || step === undefined) return;
    if (step !== this.#steps[this.#turn]) this.#announce(step);
    this.#flush(step);
  }

  #loaded({contextBytes, steps, warnings, dockerfile}: Loaded): void {
    this.#write(`Sending build context to tsbuild  ${formatBytes(contextBytes ?? 0)}\n`);
    for (const warning of warnings) {
      const rows = [`[Warning] ${warningLine(warning)}`, ...warningFrame(warning, dockerfile)];
      this.#write(`${rows.join('\n')}\n`);
    }
    this.#steps = steps;
    this.#announceTurn();
  }

  #announceTurn(): void {
    const step = this.#steps[this.#turn];
    if (step === undefined) return;
    this.#announce(step);
    if (step.owns && step.vertex !== null) this.#tell(step);
  }

  #announce(step: BuildStep): void {
    this.#running = false;
    this.#write(`Step ${step.index}/${step.total} : ${oneLine(step.text)}\n`);
  }

  #log({vertex, stream, data}: Log): void {
    const output = this.#outputs.get(vertex.id) ?? fresh();
    this.#outputs.set(vertex.id, output);
    output.lines.push(...output.streams[stream].push(data));
    if (output.lines.length > HELD) output.lines.splice(0, output.lines.length - HELD, CLIPPED);
    const turn = this.#steps[this.#turn];
    if (turn?.owns && turn.vertex?.id === vertex.id) this.#tell(turn);
  }

  /** What the step wrote since it was last told. */
  #tell(step: BuildStep): void {
    const output = step.vertex === null ? undefined : this.#outputs.get(step.vertex.id);
    if (output === undefined || output.lines.length === 0) return;
    this.#tellRunning(step);
    for (const line of output.lines) this.#write(`${line}\n`);
    output.lines = [];
  }

  #flush(step: BuildStep): void {
    const output = step.vertex === null ? undefined : this.#outputs.get(step.vertex.id);
    output?.lines.push(...output.streams.stdout.end(), ...output.streams.stderr.end());
    this.#tell(step);
  }

  #tellRunning(step: BuildStep): void {
    if (this.#running || step.vertex === null || !runs(step)) return;
    this.#running = true;
    this.#write(` ---> Running in ${shortID(step.vertex.id)}\n`);
  }

  #stepDone({step, imageID, cached}: StepDone): void {
    if (step.owns && !cached) this.#flush(step);
    if (cached && !isFrom(step)) this.#write(' ---> Using cache\n');
    if (!cached) this.#tellRunning(step);
    if (this.#running && step.vertex !== null) {
      this.#write(`Removing intermediate container ${shortID(step.vertex.id)}\n`);
    }
    this.#write(` ---> ${shortID(imageID)}\n`);
    this.#turn++;
    this.#announceTurn();
  }
}

const fresh = (): Output => ({
  streams: {stdout: new LogLines(), stderr: new LogLines()},
  lines: [],
});

const isFrom = (step: BuildStep): boolean => /^from\s/i.test(step.text);

/** Steps the classic builder makes a container for, of those that do work. */
const runs = (step: BuildStep): boolean =>
  step.owns && (step.vertex?.op.kind === 'run' || step.vertex?.op.kind === 'mkdir');
