/** What is told of a solve, and its first failure, which stops the rest. */
import {performance} from 'node:perf_hooks';
import type {Vertex} from '../graph/vertex.js';
import type {Digest} from '../oci/digest.js';
import type {SolveError} from './errors.js';
import type {SolveEvent} from './events.js';
import type {ExecutionContext} from './executor.js';
import type {Solved} from './solved.js';

export class SolveReport {
  readonly #onEvent: (event: SolveEvent) => void;
  readonly #abort = new AbortController();
  readonly #start = performance.now();
  #failure: Error | undefined;

  constructor(onEvent: (event: SolveEvent) => void) {
    this.#onEvent = onEvent;
  }

  get failure(): Error | undefined {
    return this.#failure;
  }

  throwIfFailed(): void {
    if (this.#failure) throw this.#failure;
  }

  contextOf(vertex: Vertex): ExecutionContext {
    return {
      vertex,
      signal: this.#abort.signal,
      log: (stream, data) => this.#onEvent({kind: 'log', vertex, at: this.#at(), stream, data}),
      progress: (label, done, total) =>
        this.#onEvent({kind: 'progress', vertex, at: this.#at(), label, done, total}),
    };
  }

  started(vertex: Vertex): void {
    this.#onEvent({kind: 'started', vertex, at: this.#at()});
  }

  finished(vertex: Vertex, {cached, chainID, key, imported}: Solved): void {
    const from = imported && {from: imported.from};
    this.#onEvent({kind: 'finished', vertex, at: this.#at(), cached, chainID, key, ...from});
  }

  recorded(vertex: Vertex, key: Digest): void {
    this.#onEvent({kind: 'recorded', vertex, at: this.#at(), key});
  }

  /** Of a vertex that nobody needed: what it would make is in what there is. */
  unneeded(vertex: Vertex): void {
    this.started(vertex);
    const nothing = {cached: true, chainID: undefined, key: undefined};
    this.#onEvent({kind: 'finished', vertex, at: this.#at(), ...nothing});
  }

  /** As canceled, when something else failed before. */
  failed(error: SolveError): void {
    const {vertex, cause} = error;
    if (this.#failure) this.#onEvent({kind: 'canceled', vertex, at: this.#at()});
    else this.#onEvent({kind: 'failed', vertex, at: this.#at(), error: cause as Error});
    this.stop(error);
  }

  stop(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#abort.abort(error);
  }

  #at(): number {
    return performance.now() - this.#start;
  }
}
