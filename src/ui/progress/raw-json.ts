/**
 * One JSON object a line, in the shape of BuildKit's SolveStatus: vertexes, statuses, logs, warnings.
 *
 * Digests of vertexes are stable from build to build; log data is base64; times are RFC 3339 in UTC.
 * Source  moby/buildkit, client/graph.go and util/progress/progressui (rawjson).
 */
import type {BuildEvent} from '../../app/build/build-event.js';
import {timestamp} from '../../base/clock.js';
import type {Vertex} from '../../graph/vertex.js';
import type {SolveEvent} from '../../solver/events.js';
import type {Progress, Sink} from './progress.js';

type Loaded = Extract<BuildEvent, {kind: 'loaded'}>;
type Exported = Extract<BuildEvent, {kind: 'exported'}>;

const STREAMS = {stdout: 1, stderr: 2} as const;

export class RawJSONProgress implements Progress {
  readonly #write: Sink;
  readonly #epoch: number;
  readonly #startedAt = new Map<string, number>();

  /** `epoch` is the time of day, in milliseconds, when the events' clock was zero. */
  constructor(write: Sink, epoch: number) {
    this.#write = write;
    this.#epoch = epoch;
  }

  on(event: BuildEvent): void {
    switch (event.kind) {
      case 'loaded':
        this.#loaded(event);
        return;
      case 'source':
      case 'step':
      case 'recorded':
      case 'explained':
      case 'warning':
        return;
      case 'exported':
        this.#exported(event);
        return;
      default:
        this.#line(this.#status(event));
    }
  }

  end(): void {}

  #loaded({warnings, dockerfile}: Loaded): void {
    if (warnings.length === 0) return;
    this.#line({
      warnings: warnings.map(({rule, description, message, lines}) => ({
        level: 1,
        short: base64(`${rule}: ${message}`),
        detail: [base64(description)],
        sourceInfo: {filename: dockerfile.name},
        range: lines && [{start: {line: lines.first}, end: {line: lines.last}}],
      })),
    });
  }

  #exported({kind: _, ...exported}: Exported): void {
    this.#line({exported});
  }

  #status(event: Exclude<SolveEvent, {kind: 'recorded'}>): object {
    const {vertex, at} = event;
    switch (event.kind) {
      case 'started':
        this.#startedAt.set(vertex.id, at);
        return {vertexes: [this.#vertex(vertex)]};
      case 'log':
        return {logs: [{...this.#moment(vertex, at), ...logFields(event)}]};
      case 'progress':
        return {statuses: [{...this.#moment(vertex, at), ...progressFields(event)}]};
      case 'finished':
        return this.#completed(event, event.cached ? {cached: true} : {});
      case 'failed':
        return this.#completed(event, {error: event.error.message});
      case 'canceled':
        return this.#completed(event, {error: 'canceled'});
    }
  }

  #completed({vertex, at}: SolveEvent, fields: object): object {
    return {vertexes: [{...this.#vertex(vertex), completed: this.#time(at), ...fields}]};
  }

  #vertex(vertex: Vertex): object {
    const at = this.#startedAt.get(vertex.id);
    return {
      digest: vertex.id,
      inputs: vertex.inputs.flatMap((input) => (input === null ? [] : [input.id])),
      name: vertex.name,
      ...(at === undefined ? {} : {started: this.#time(at)}),
    };
  }

  #moment(vertex: Vertex, at: number): object {
    return {vertex: vertex.id, timestamp: this.#time(at)};
  }

  #time(at: number): string {
    return timestamp(new Date(this.#epoch + at));
  }

  #line(value: object): void {
    this.#write(`${JSON.stringify(value)}\n`);
  }
}

const logFields = ({stream, data}: Extract<SolveEvent, {kind: 'log'}>): object => ({
  stream: STREAMS[stream],
  data: Buffer.from(data).toString('base64'),
});

const progressFields = ({label, done, total}: Extract<SolveEvent, {kind: 'progress'}>): object => ({
  id: label,
  current: done,
  total,
});

const base64 = (text: string): string => Buffer.from(text).toString('base64');
