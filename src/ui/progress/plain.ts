/**
 * BuildKit's plain progress: lines only, for logs and pipes.
 *
 *   #3 [2/4] RUN make            the step that has the floor, again after each change of floor
 *   #3 0.330 text                its output, seconds since it started
 *   #3 DONE 0.4s                 or CACHED, CANCELED, ERROR: …
 *   #3 ...                       it goes on, another step has the floor
 *
 * Steps are numbered as the Dockerfile has them, and one that has the floor keeps it until it is done, so
 * equal builds give equal order. Only a step that waited WAIT milliseconds to say something takes the floor.
 * Source  moby/buildkit, util/progress/progressui/printer.go.
 */
import type {BuildEvent} from '../../app/build/build-event.js';
import type {Vertex} from '../../graph/vertex.js';
import type {Digest} from '../../oci/digest.js';
import type {SolveEvent} from '../../solver/events.js';
import {formatBytes, seconds} from '../text/units.js';
import {type Exported, exportLines, exportTitle} from './export-lines.js';
import {failureExcerpt} from './failure-excerpt.js';
import type {Progress, Sink} from './progress.js';
import {oneLine, stepName} from './step-name.js';
import {VertexLog} from './vertex-log.js';
import {warningSummary} from './warnings.js';

const WAIT = 2000;
/** Progress of one copy is told at most this often, in milliseconds. */
const PROGRESS_INTERVAL = 1000;

interface Block {
  readonly number: number;
  readonly name: string;
  startedAt: number;
  readonly log: VertexLog;
  readonly progress: Map<string, number>;
  introduced: boolean;
  pending: string[];
  waitingSince: number;
  ended: boolean;
  failed: boolean;
}

type Loaded = Extract<BuildEvent, {kind: 'loaded'}>;
type Finished = Extract<SolveEvent, {kind: 'finished'}>;

export class PlainProgress implements Progress {
  readonly #write: Sink;
  readonly #numbers = new Map<Digest, number>();
  /** By number. */
  readonly #blocks: Block[] = [];
  #lastNumber = 0;
  #floor: Block | undefined;
  #first = true;
  #lastAt = 0;
  #warnings = '';
  readonly #exported: Exported[] = [];

  constructor(write: Sink) {
    this.#write = write;
  }

  on(event: BuildEvent): void {
    switch (event.kind) {
      case 'loaded':
        this.#loaded(event);
        return;
      case 'source':
      case 'step':
      case 'explained':
      case 'warning':
        return;
      case 'exported':
        this.#exported.push(event);
        return;
      default:
        this.#solve(event);
        this.#drain(event.at);
    }
  }

  tick(at: number): void {
    this.#drain(at);
  }

  end(at: number): void {
    this.#drain(Number.POSITIVE_INFINITY);
    for (const event of this.#exported) this.#tellExport(event, at - this.#lastAt);
    for (const block of this.#blocks) {
      if (block.failed) this.#write(failureExcerpt(block.name, block.log.tail));
    }
    this.#write(this.#warnings);
  }

  #loaded({dockerfile, contextBytes, steps, warnings}: Loaded): void {
    this.#warnings = warningSummary({warnings, dockerfile});
    this.#tellWhole(`[internal] load build definition from ${oneLine(dockerfile.name)}`, [
      `transferring dockerfile: ${formatBytes(Buffer.byteLength(dockerfile.text))} done`,
      'DONE 0.0s',
    ]);
    const size =
      contextBytes === undefined ? [] : [`transferring context: ${formatBytes(contextBytes)} done`];
    this.#tellWhole('[internal] load build context', [...size, 'DONE 0.0s']);
    for (const {vertex, owns} of steps) if (vertex !== null && owns) this.#numberOf(vertex);
  }

  #solve(event: SolveEvent): void {
    const block = this.#blockOf(event.vertex, event.at);
    switch (event.kind) {
      case 'started':
        block.startedAt = event.at;
        block.ended = false;
        this.#say(block, [], event.at);
        return;
      case 'log':
        this.#say(block, block.log.push(event.stream, event.data, event.at), event.at);
        return;
      case 'progress':
        this.#progress(block, event);
        return;
      case 'finished':
        this.#ended(block, verdictOf(event, block), event.at);
        return;
      case 'failed':
        block.failed = true;
        this.#ended(block, `ERROR: ${oneLine(event.error.message)}`, event.at);
        return;
      case 'canceled':
        this.#ended(block, 'CANCELED', event.at);
        return;
    }
  }

  #progress(block: Block, event: Extract<SolveEvent, {kind: 'progress'}>): void {
    const complete = event.total > 0 && event.done >= event.total;
    const told = block.progress.get(event.label);
    if (!complete && told !== undefined && event.at - told < PROGRESS_INTERVAL) return;
    block.progress.set(event.label, complete ? Number.POSITIVE_INFINITY : event.at);
    const amount =
      event.total > 0
        ? `${formatBytes(event.done)} / ${formatBytes(event.total)}`
        : formatBytes(event.done);
    const text = `${oneLine(event.label)} ${amount}${complete ? ' done' : ''}`;
    if (told !== Number.POSITIVE_INFINITY) this.#say(block, [text], event.at);
  }

  #say(block: Block, lines: readonly string[], at: number): void {
    if (!wants(block)) block.waitingSince = at;
    block.pending.push(...lines);
  }

  #ended(block: Block, verdict: string, at: number): void {
    if (block.ended) return;
    this.#say(block, [...block.log.end(at), verdict], at);
    block.ended = true;
    this.#lastAt = at;
  }

  /** Tells what the step with the floor has to say, and passes the floor on. */
  #drain(at: number): void {
    for (;;) {
      const next = this.#floor === undefined ? this.#blocks.find(wants) : this.#impatient(at);
      if (next === undefined) return;
      if (next !== this.#floor) this.#giveFloor(next);
      for (const line of next.pending) this.#write(`#${next.number} ${line}\n`);
      next.pending = [];
      if (next.ended) this.#floor = undefined;
    }
  }

  /** The floor's owner while it has something to say, else the first that waited too long. */
  #impatient(at: number): Block | undefined {
    if (this.#floor !== undefined && wants(this.#floor)) return this.#floor;
    return this.#blocks.find((block) => wants(block) && at - block.waitingSince >= WAIT);
  }

  #giveFloor(block: Block): void {
    if (this.#floor !== undefined) this.#write(`#${this.#floor.number} ...\n`);
    this.#floor = block;
    this.#introduce(block.number, block.name);
    block.introduced = true;
  }

  #introduce(number: number, name: string): void {
    this.#write(`${this.#first ? '' : '\n'}#${number} ${name}\n`);
    this.#first = false;
  }

  #tellWhole(name: string, lines: readonly string[]): void {
    const number = ++this.#lastNumber;
    this.#introduce(number, name);
    for (const line of lines) this.#write(`#${number} ${line}\n`);
  }

  #tellExport(event: Exported, milliseconds: number): void {
    const title = exportTitle(event);
    if (title === undefined) return;
    this.#tellWhole(title, [...exportLines(event), done(Math.max(0, milliseconds))]);
  }

  #numberOf(vertex: Vertex): number {
    const known = this.#numbers.get(vertex.id);
    if (known !== undefined) return known;
    const number = ++this.#lastNumber;
    this.#numbers.set(vertex.id, number);
    return number;
  }

  #blockOf(vertex: Vertex, at: number): Block {
    const number = this.#numberOf(vertex);
    const known = this.#blocks.find((block) => block.number === number);
    if (known !== undefined) return known;
    const block: Block = {
      number,
      name: stepName(vertex),
      startedAt: at,
      log: new VertexLog(at),
      progress: new Map(),
      introduced: false,
      pending: [],
      waitingSince: at,
      ended: false,
      failed: false,
    };
    this.#blocks.push(block);
    this.#blocks.sort((left, right) => left.number - right.number);
    return block;
  }
}

const wants = (block: Block): boolean => block.pending.length > 0 || !block.introduced;

const verdictOf = ({cached, from, at}: Finished, {startedAt}: Block): string =>
  cached ? `CACHED${from === undefined ? '' : ` from ${oneLine(from)}`}` : done(at - startedAt);

const done = (milliseconds: number): string => `DONE ${seconds(milliseconds)}`;
