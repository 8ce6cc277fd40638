/**
 * Results of a graph: each vertex once, inputs before what needs them, independent ones side by side.
 *
 * The first failure cancels what runs and keeps what finished: the next build starts from there.
 */
import {performance} from 'node:perf_hooks';
import {semaphore} from '../base/semaphore.js';
import type {StepOrigin} from '../cache/cache-record.js';
import type {ResultCache} from '../cache/result-cache.js';
import type {Vertex} from '../graph/vertex.js';
import type {Digest} from '../oci/digest.js';
import {CanceledError, SolveError} from './errors.js';
import type {SolveEvent} from './events.js';
import type {ExecutionContext, Executor} from './executor.js';
import {solveStep} from './solve-step.js';
import type {Solved} from './solved.js';

export interface SolveRequest {
  readonly targets: readonly Vertex[];
  readonly executor: Executor;
  readonly cache: ResultCache;
  /** Vertices for which no earlier result is taken. */
  readonly fresh: (vertex: Vertex) => boolean;
  readonly originOf: (vertex: Vertex) => StepOrigin;
  /** How many steps may be worked at at once; all that can, if it is not given. */
  readonly jobs?: number | undefined;
  readonly onEvent: (event: SolveEvent) => void;
  readonly signal: AbortSignal;
}

/** Results by vertex id, of the targets and all they rest on. Throws SolveError, or CanceledError after an abort. */
export async function solve(request: SolveRequest): Promise<ReadonlyMap<Digest, Solved>> {
  const walk = new Walk(request);
  await walk.all(request.targets);
  return walk.results;
}

class Walk {
  readonly results = new Map<Digest, Solved>();
  readonly #request: SolveRequest;
  readonly #running = new Map<Digest, Promise<Solved>>();
  readonly #abort = new AbortController();
  readonly #start = performance.now();
  readonly #inTurn: ReturnType<typeof semaphore>;
  #failure: Error | undefined;

  constructor(request: SolveRequest) {
    this.#request = request;
    this.#inTurn = semaphore(request.jobs ?? Number.POSITIVE_INFINITY);
  }

  async all(targets: readonly Vertex[]): Promise<void> {
    const stop = (): void => this.#fail(new CanceledError());
    const {signal} = this.#request;
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, {once: true});
    try {
      await Promise.allSettled(targets.map((target) => this.#once(target)));
    } finally {
      signal.removeEventListener('abort', stop);
    }
    if (this.#failure) throw this.#failure;
  }

  #once(vertex: Vertex): Promise<Solved> {
    const running = this.#running.get(vertex.id) ?? this.#solve(vertex);
    this.#running.set(vertex.id, running);
    return running;
  }

  async #solve(vertex: Vertex): Promise<Solved> {
    const settled = await Promise.allSettled(
      vertex.inputs.map((input) => (input ? this.#once(input) : undefined)),
    );
    const inputs = settled.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
    return this.#inTurn(async () => {
      if (this.#failure) throw this.#failure;
      return await this.#step(vertex, inputs);
    });
  }

  async #step(vertex: Vertex, inputs: readonly (Solved | undefined)[]): Promise<Solved> {
    const {executor, cache, fresh, originOf} = this.#request;
    this.#emit({kind: 'started', vertex, at: this.#at()});
    try {
      const context = this.#context(vertex);
      const solved = await solveStep({
        vertex,
        inputs,
        executor,
        cache,
        context,
        origin: originOf(vertex),
        fresh: fresh(vertex),
      });
      this.results.set(vertex.id, solved);
      const {cached, chainID, key} = solved;
      this.#emit({kind: 'finished', vertex, at: this.#at(), cached, chainID, key});
      return solved;
    } catch (error) {
      if (this.#abort.signal.aborted) this.#emit({kind: 'canceled', vertex, at: this.#at()});
      else this.#emit({kind: 'failed', vertex, at: this.#at(), error: error as Error});
      this.#fail(new SolveError(vertex, error as Error));
      throw error;
    }
  }

  #context(vertex: Vertex): ExecutionContext {
    return {
      vertex,
      signal: this.#abort.signal,
      log: (stream, data) => this.#emit({kind: 'log', vertex, at: this.#at(), stream, data}),
      progress: (label, done, total) =>
        this.#emit({kind: 'progress', vertex, at: this.#at(), label, done, total}),
    };
  }

  #emit(event: SolveEvent): void {
    this.#request.onEvent(event);
  }

  #fail(error: Error): void {
    if (this.#failure) return;
    this.#failure = error;
    this.#abort.abort(error);
  }

  #at(): number {
    return performance.now() - this.#start;
  }
}
