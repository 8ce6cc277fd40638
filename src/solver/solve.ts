/**
 * Results of a graph: each vertex once, inputs before what needs them, independent ones side by side. What a result that is
 * there already was made of is not made again.
 *
 * The first failure cancels what runs and keeps what finished: the next build starts from there.
 */
import {semaphore} from '../base/semaphore.js';
import type {StepOrigin} from '../cache/cache-record.js';
import type {ResultCache} from '../cache/result-cache.js';
import {ImportedResults} from '../cache/shared/imported-results.js';
import type {Vertex} from '../graph/vertex.js';
import type {Digest} from '../oci/digest.js';
import {AlteredSnapshotError} from '../snapshot/errors.js';
import {type Definition, Definitions} from './definitions.js';
import {CanceledError, ImportedLayerError, SolveError} from './errors.js';
import type {SolveEvent} from './events.js';
import type {Executor} from './executor.js';
import {type KnownResult, knownByDefinition, takeKnown} from './known-result.js';
import {SolveReport} from './solve-report.js';
import {checkAndTell, type Step, solveStep} from './solve-step.js';
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
  /** How many vertices may be worked at at once; all that can without it. */
  readonly jobs?: number | undefined;
  /** The files of every vertex are here once it is told to be done, also of those that nobody needs. */
  readonly opensAll?: boolean | undefined;
  /** The files of the targets are handed out, so they are looked at, although every step hits. */
  readonly checksTargets?: boolean | undefined;
  readonly onEvent: (event: SolveEvent) => void;
  /** Damaged snapshots were taken away; what made them runs again. */
  readonly onDiscarded?: (damage: AlteredSnapshotError) => void;
  readonly signal: AbortSignal;
}

/**
 * Results by vertex id, of the targets, whose files are here then, and of what was needed for them. Throws SolveError, or
 * CanceledError after an abort.
 */
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
  readonly #report: SolveReport;
  readonly #definitions: Definitions;
  readonly #known = new Map<Digest, Promise<KnownResult | undefined>>();
  readonly #running = new Map<Digest, Promise<Solved>>();
  readonly #inTurn: ReturnType<typeof semaphore>;
  /** Whether a layer of another machine failed, or one of this machine is damaged, so that its step is to run. */
  #isLame = false;
  readonly #damage = new Set<AlteredSnapshotError>();

  constructor(request: SolveRequest) {
    this.#request = request;
    this.#imported = request.imported ?? new ImportedResults();
    const report = new SolveReport(request.onEvent);
    this.#report = report;
    const contextOf = (vertex: Vertex) => report.contextOf(vertex);
    this.#definitions = new Definitions({...request, contextOf});
    this.#inTurn = semaphore(request.jobs ?? Number.POSITIVE_INFINITY);
  }

  async all(targets: readonly Vertex[]): Promise<void> {
    const stop = (): void => this.#report.stop(new CanceledError());
    const {signal} = this.#request;
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, {once: true});
    try {
      do {
        await this.#forgetUnusable();
        await Promise.allSettled(targets.map((target) => this.#open(target)));
        await Promise.all([...this.results].map((result) => this.#recorded(...result)));
        this.#report.throwIfFailed();
      } while (this.#isLame);
    } finally {
      signal.removeEventListener('abort', stop);
    }
    for (const target of targets) this.#tellUnneeded(target, new Set());
  }

  /** With all roots below it: the layers that a step made are told apart by how deep its input's root was. */
  async #open(target: Vertex): Promise<void> {
    await this.#once(target);
    try {
      for (let at: Vertex | null = target; at !== null; at = at.inputs[0] ?? null) {
        const solved = this.results.get(at.id);
        if (at === target || solved?.imported) await solved?.open();
      }
      if (this.#request.checksTargets) await this.#check(target);
    } catch (error) {
      if (!this.#doWithout(error)) this.#report.stop(error as Error);
    }
  }

  async #check(target: Vertex): Promise<void> {
    const root = await this.results.get(target.id)?.open();
    await checkAndTell([root], this.#request.executor, this.#report.contextOf(target));
  }

  /** A result that was made of damaged layers is none. */
  async #recorded(id: Digest, {recorded}: Solved): Promise<void> {
    try {
      await recorded;
    } catch (error) {
      this.#forget(id);
      if (!this.#doWithout(error)) this.#report.stop(error as Error);
    }
  }

  #forget(id: Digest): void {
    this.results.delete(id);
    this.#running.delete(id);
  }

  /** Whether a layer is to blame: its step will run, when all else that can has. */
  #doWithout(error: unknown): boolean {
    if (error instanceof ImportedLayerError) this.#imported.withdraw(error.layer, error);
    else if (error instanceof AlteredSnapshotError) this.#damage.add(error);
    else return false;
    this.#isLame = true;
    return true;
  }

  /** Results that rest on a layer which failed, and what waited for them. */
  async #forgetUnusable(): Promise<void> {
    this.#isLame = false;
    this.#known.clear();
    const damage = [...this.#damage];
    this.#damage.clear();
    for (const each of damage) {
      await this.#request.executor.discard(each);
      this.#request.onDiscarded?.(each);
    }
    for (const id of this.#running.keys()) {
      const solved = this.results.get(id);
      if (solved && this.#isUsable(solved) && (damage.length === 0 || this.#isThere(solved))) {
        continue;
      }
      this.#forget(id);
    }
  }

  #isUsable({imported}: Solved): boolean {
    return imported === undefined || this.#imported.isUsable(imported);
  }

  #isThere({chainID, imported}: Solved): boolean {
    if (chainID === undefined || imported) return true;
    return this.#request.executor.find(chainID) !== undefined;
  }

  #once(vertex: Vertex): Promise<Solved> {
    const running = this.#running.get(vertex.id) ?? this.#solve(vertex);
    this.#running.set(vertex.id, running);
    return running;
  }

  async #solve(vertex: Vertex): Promise<Solved> {
    const known = await this.#knownOf(vertex);
    const taken = known && (await this.#take(vertex, known));
    if (taken) return taken;
    const inputs = await this.#all(vertex.inputs);
    const step = await this.#stepOf(vertex, inputs);
    return this.#inTurn(() => this.#tell(vertex, () => solveStep(step)));
  }

  async #tell(vertex: Vertex, work: () => Promise<Solved>): Promise<Solved> {
    this.#report.throwIfFailed();
    this.#report.started(vertex);
    try {
      const solved = await work();
      if (this.#request.opensAll) await solved.open();
      this.results.set(vertex.id, solved);
      this.#report.finished(vertex, solved);
      this.#tellRecorded(vertex, solved);
      return solved;
    } catch (error) {
      if (!this.#doWithout(error)) this.#report.failed(new SolveError(vertex, error as Error));
      throw error;
    }
  }

  #tellRecorded(vertex: Vertex, {recorded, key}: Solved): void {
    if (key === undefined) return;
    recorded?.then(
      () => this.#report.recorded(vertex, key),
      () => undefined,
    );
  }

  #knownOf(vertex: Vertex): Promise<KnownResult | undefined> {
    const known = this.#known.get(vertex.id) ?? this.#find(vertex);
    this.#known.set(vertex.id, known);
    return known;
  }

  /** An earlier result, whatever its inputs are by now. */
  async #find(vertex: Vertex): Promise<KnownResult | undefined> {
    const {definition, remade} = await this.#define(vertex);
    const {cache, executor} = this.#request;
    if (vertex.op.kind === 'image' || remade) return undefined;
    return knownByDefinition(definition, {cache, executor, imported: this.#imported});
  }

  /**
   * Of its inputs it takes the root it was put on, whose layers are counted, and those whose results are there as well: so all
   * that serves a build is known to have been used.
   */
  async #take(vertex: Vertex, known: KnownResult): Promise<Solved | undefined> {
    const {opensAll} = this.#request;
    const wanted = vertex.inputs.map(async (input, index) =>
      input !== null && (index === 0 || opensAll || (await this.#knownOf(input))) ? input : null,
    );
    const inputs = await this.#all(await Promise.all(wanted));
    const taken = takeKnown(known, await this.#stepOf(vertex, inputs));
    return taken && this.#tell(vertex, async () => taken);
  }

  async #all(vertices: Vertex['inputs']): Promise<(Solved | undefined)[]> {
    const settled = await Promise.allSettled(
      vertices.map((vertex) => (vertex ? this.#once(vertex) : undefined)),
    );
    return settled.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
  }

  async #define(vertex: Vertex): Promise<Definition> {
    try {
      return await this.#definitions.of(vertex);
    } catch (error) {
      if (error instanceof SolveError && !this.#report.failure) {
        this.#report.started(error.vertex);
        this.#report.failed(error);
      }
      throw error;
    }
  }

  async #stepOf(vertex: Vertex, inputs: readonly (Solved | undefined)[]): Promise<Step> {
    const {executor, cache, fresh, originOf} = this.#request;
    return {
      ...(await this.#define(vertex)),
      vertex,
      inputs,
      executor,
      cache,
      imported: this.#imported,
      context: this.#report.contextOf(vertex),
      origin: originOf(vertex),
      fresh: fresh(vertex),
    };
  }

  #tellUnneeded(vertex: Vertex, told: Set<Digest>): void {
    if (told.has(vertex.id)) return;
    told.add(vertex.id);
    for (const input of vertex.inputs) if (input !== null) this.#tellUnneeded(input, told);
    if (!this.results.has(vertex.id)) this.#report.unneeded(vertex);
  }
}
