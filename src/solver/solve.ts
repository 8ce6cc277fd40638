/**
 * Results of a graph: each vertex once, inputs before what needs them, independent ones side by side.
 *
 * The first failure cancels what runs and keeps what finished: the next build starts from there.
 */
import {performance} from 'node:perf_hooks';
import {semaphore} from '../base/semaphore.js';
import type {StepOrigin} from '../cache/cache-record.js';
import type {ResultCache} from '../cache/result-cache.js';
import {ImportedResults} from '../cache/shared/imported-results.js';
import type {Vertex} from '../graph/vertex.js';
import type {Digest} from '../oci/digest.js';
import {CanceledError, ImportedLayerError, SolveError} from './errors.js';
import type {SolveEvent} from './events.js';
import type {ExecutionContext, Executor} from './executor.js';
import {solveStep} from './solve-step.js';
import type {Solved} from './solved.js';

export interface SolveRequest {
  readonly targets: readonly Vertex[];
  readonly executor: Executor;
  readonly cache: ResultCache;
  /** What other machines made. */
  readonly imported?: ImportedResults;
  /** Vertices for which no earlier result is taken. */
  readonly fresh: (vertex: Vertex) => boolean;
  readonly originOf: (vertex: Vertex) => StepOrigin;
  /** How many steps may be worked at at once; all that can, if it is not given. */
  readonly jobs?: number | undefined;
  readonly onEvent: (event: SolveEvent) => void;
  readonly signal: AbortSignal;
}

/** Results by vertex id, of the targets, whose files are here then, and of all they rest on. Throws SolveError, or CanceledError after an abort. */
export async function solve(request: SolveRequest): Promise<ReadonlyMap<Digest, Solved>> {
  const walk = new Walk(request);
  try {
    await walk.all(request.targets);
  } finally {
    for (const {keep} of walk.results.values()) keep?.();
  }
  return walk.results;
}

class Walk {
  readonly results = new Map<Digest, Solved>();
  readonly #request: SolveRequest;
  readonly #imported: ImportedResults;
  readonly #running = new Map<Digest, Promise<Solved>>();
  readonly #abort = new AbortController();
  readonly #start = performance.now();
  readonly #inTurn: ReturnType<typeof semaphore>;
  #failure: Error | undefined;
  /** Whether a layer of another machine failed, so that its step is to run. */
  #isLame = false;

  constructor(request: SolveRequest) {
    this.#request = request;
    this.#inTurn = semaphore(request.jobs ?? Number.POSITIVE_INFINITY);
    this.#imported = request.imported ?? new ImportedResults();
  }

  async all(targets: readonly Vertex[]): Promise<void> {
    const stop = (): void => this.#fail(new CanceledError());
    const {signal} = this.#request;
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, {once: true});
    try {
      do {
        this.#forgetUnusable();
        await Promise.allSettled(targets.map((target) => this.#open(target)));
        if (this.#failure) throw this.#failure;
      } while (this.#isLame);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** With all roots below it: the layers that a step made are told apart by how deep its input's root was. */
  async #open(target: Vertex): Promise<void> {
    await this.#once(target);
    try {
      for (let at: Vertex | null = target; at !== null; at = at.inputs[0] ?? null) {
        const solved = this.results.get(at.id);
        if (at === target || solved?.imported) await solved?.open();
      }
    } catch (error) {
      if (!this.#doWithout(error)) this.#fail(error as Error);
    }
  }

  /** Whether a layer of another machine is to blame: its step will run, when all else that can has. */
  #doWithout(error: unknown): boolean {
    if (!(error instanceof ImportedLayerError)) return false;
    this.#imported.withdraw(error.layer, error);
    this.#isLame = true;
    return true;
  }

  /** Results that rest on a layer which failed, and what waited for them. */
  #forgetUnusable(): void {
    this.#isLame = false;
    for (const id of this.#running.keys()) {
      const solved = this.results.get(id);
      const {imported} = solved ?? {};
      if (solved && (!imported || this.#imported.isUsable(imported))) continue;
      this.results.delete(id);
      this.#running.delete(id);
    }
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
        imported: this.#imported,
        context,
        origin: originOf(vertex),
        fresh: fresh(vertex),
      });
      this.results.set(vertex.id, solved);
      const {cached, chainID, key} = solved;
      const from = solved.imported && {from: solved.imported.from};
      this.#emit({kind: 'finished', vertex, at: this.#at(), cached, chainID, key, ...from});
      return solved;
    } catch (error) {
      if (this.#doWithout(error)) throw error;
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
