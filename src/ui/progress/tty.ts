/** The live picture of a build on a terminal; what is left at the end is the list of steps and why it failed. */
import type {BuildEvent} from '../../app/build/build-event.js';
import type {Vertex} from '../../graph/vertex.js';
import type {Digest} from '../../oci/digest.js';
import type {SolveEvent} from '../../solver/events.js';
import {formatBytes, seconds} from '../text/units.js';
import {type Exported, exportTitle} from './export-lines.js';
import {failureExcerpt} from './failure-excerpt.js';
import {LiveArea} from './live-area.js';
import type {Progress, Sink} from './progress.js';
import {oneLine, stepName} from './step-name.js';
import {type FrameRow, type FrameSize, frame, type Verdict} from './tty-frame.js';
import {VertexLog} from './vertex-log.js';
import {warningSummary} from './warnings.js';

export interface Terminal {
  /** The size now: a window may be resized. */
  size(): FrameSize;
  /** Lines of output shown for each running step. */
  readonly logLines: number;
}

interface Row {
  readonly name: string;
  startedAt: number;
  endedAt: number | undefined;
  verdict: Verdict;
  readonly log: VertexLog;
  readonly progress: Map<string, string>;
}

type Loaded = Extract<BuildEvent, {kind: 'loaded'}>;

/** Reading the Dockerfile and the context, which are done when the first event comes. */
const PREPARATIONS = 2;

export class TtyProgress implements Progress {
  readonly #write: Sink;
  readonly #terminal: Terminal;
  readonly #area: LiveArea;
  readonly #rows: Row[] = [];
  readonly #byVertex = new Map<Digest, Row>();
  #planned = new Set<Digest>();
  #warnings = '';
  #exported = false;

  constructor(write: Sink, terminal: Terminal) {
    this.#write = write;
    this.#terminal = terminal;
    this.#area = new LiveArea(write);
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
        this.#tellExport(event);
        return;
      default:
        this.#solve(event);
    }
  }

  tick(at: number): void {
    this.#area.draw(frame(this.#header(at), this.#picture(at), this.#terminal.size()));
  }

  end(at: number): void {
    const size = {...this.#terminal.size(), rows: Number.POSITIVE_INFINITY};
    this.#area.draw(frame(this.#header(at), this.#picture(at), size));
    this.#area.close();
    for (const row of this.#rows) {
      if (row.verdict === 'failed') this.#write(failureExcerpt(row.name, row.log.tail));
    }
    this.#write(this.#warnings);
  }

  #loaded({dockerfile, steps, warnings}: Loaded): void {
    this.#warnings = warningSummary({warnings, dockerfile});
    this.#addDone(`[internal] load build definition from ${oneLine(dockerfile.name)}`);
    this.#addDone('[internal] load build context');
    this.#planned = new Set(
      steps.flatMap(({vertex, owns}) => (vertex !== null && owns ? [vertex.id] : [])),
    );
  }

  #solve(event: SolveEvent): void {
    const row = this.#rowOf(event.vertex, event.at);
    switch (event.kind) {
      case 'started':
        // Not only once: a step runs again when what it made is damaged.
        row.startedAt = event.at;
        row.endedAt = undefined;
        row.verdict = 'running';
        return;
      case 'log':
        row.log.push(event.stream, event.data, event.at);
        return;
      case 'progress':
        row.progress.set(
          oneLine(event.label),
          `${formatBytes(event.done)} / ${formatBytes(event.total)}`,
        );
        return;
      case 'finished':
        end(row, event.cached ? 'cached' : 'done', event.at);
        return;
      case 'failed':
        end(row, 'failed', event.at);
        return;
      case 'canceled':
        end(row, 'canceled', event.at);
        return;
    }
  }

  #header(at: number): string {
    const ended = this.#rows.filter(({verdict}) => verdict !== 'running').length;
    const exports = this.#rows.length - this.#byVertex.size - PREPARATIONS;
    const vertices = new Set([...this.#planned, ...this.#byVertex.keys()]).size;
    const total = PREPARATIONS + vertices + Math.max(0, exports);
    return `[+] Building ${seconds(at)} (${ended}/${total})${this.#exported ? ' FINISHED' : ''}`;
  }

  #picture(at: number): FrameRow[] {
    return this.#rows.map((row) => ({
      name: row.name,
      verdict: row.verdict,
      elapsed: (row.endedAt ?? at) - row.startedAt,
      progress: [...row.progress].map(([label, amount]) => `${label} ${amount}`),
      log: row.log.tail.slice(-this.#terminal.logLines).map(withoutTime),
    }));
  }

  #tellExport(event: Exported): void {
    this.#exported = true;
    const title = exportTitle(event);
    if (title === undefined) return;
    this.#addDone(title);
    for (const tag of event.tags) this.#addDone(`naming to ${tag}`);
  }

  #addDone(name: string): void {
    this.#rows.push({...newRow(name, 0), endedAt: 0, verdict: 'done'});
  }

  #rowOf(vertex: Vertex, at: number): Row {
    const known = this.#byVertex.get(vertex.id);
    if (known !== undefined) return known;
    const row = newRow(stepName(vertex), at);
    this.#rows.push(row);
    this.#byVertex.set(vertex.id, row);
    return row;
  }
}

const newRow = (name: string, startedAt: number): Row => ({
  name,
  startedAt,
  endedAt: undefined,
  verdict: 'running',
  log: new VertexLog(startedAt),
  progress: new Map(),
});

function end(row: Row, verdict: Verdict, at: number): void {
  row.log.end(at);
  row.verdict = verdict;
  row.endedAt = at;
}

const withoutTime = (line: string): string => line.slice(line.indexOf(' ') + 1);
