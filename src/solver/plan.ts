/**
 * What building a graph would do, told without doing it.
 *
 * HIT      an earlier result will be taken
 * MISS     the step will run
 * UNKNOWN  it will run, or be taken, by the content that a step before it makes, which will run
 *
 * Definition keys need no result and are known throughout; a content key where all inputs are. Nothing is run and nothing
 * recorded; an image is unpacked only where a copy from it has to be looked into.
 */
import {invariant} from '../base/bug.js';
import {contentKey} from '../cache/cache-key.js';
import type {CacheRecord, Evidence} from '../cache/cache-record.js';
import {type Explanation, explainStep} from '../cache/explain/explain.js';
import type {Vertex} from '../graph/vertex.js';
import type {Digest} from '../oci/digest.js';
import {SolveError} from './errors.js';
import type {ExecutionContext, Executor, Root, Selection} from './executor.js';
import type {SolveRequest} from './solve.js';
import type {Solved} from './solved.js';
import {consumedContent, definitionOf, selectFromInput, selectFromOutside} from './step-keys.js';

export interface PlanRequest extends Omit<SolveRequest, 'executor' | 'onEvent'> {
  readonly executor: Pick<Executor, 'find' | 'image' | 'pin' | 'select' | 'selectMounted'>;
}

type Outlook =
  /** Looked up each time. */
  | {readonly kind: 'image'}
  | {readonly kind: 'hit'; readonly record: CacheRecord}
  | {
      readonly kind: 'miss';
      readonly explanation: Explanation;
      /** The result it was compared with. */
      readonly candidate: CacheRecord | undefined;
    }
  | {
      readonly kind: 'unknown';
      /** The inputs whose content decides. */
      readonly decidedBy: readonly Vertex[];
      readonly candidate: CacheRecord | undefined;
    };

export interface PlannedStep {
  readonly vertex: Vertex;
  readonly outlook: Outlook;
}

interface Planned extends PlannedStep {
  readonly definition: Digest;
  /** Absent of what will run, or may. */
  readonly known?: Pick<Solved, 'content' | 'open'>;
}

/** Each vertex once, after its inputs. Throws SolveError where the build would fail before it runs anything of the step. */
export async function planGraph(request: PlanRequest): Promise<readonly PlannedStep[]> {
  const plan = new Plan(request);
  for (const target of request.targets) await plan.once(target);
  return plan.steps;
}

class Plan {
  readonly steps: Planned[] = [];
  readonly #request: PlanRequest;
  readonly #planned = new Map<Digest, Promise<Planned>>();

  constructor(request: PlanRequest) {
    this.#request = request;
  }

  once(vertex: Vertex): Promise<Planned> {
    const planned = this.#planned.get(vertex.id) ?? this.#plan(vertex);
    this.#planned.set(vertex.id, planned);
    return planned;
  }

  async #plan(vertex: Vertex): Promise<Planned> {
    const inputs: (Planned | undefined)[] = [];
    for (const input of vertex.inputs) inputs.push(input ? await this.once(input) : undefined);
    this.#request.signal.throwIfAborted();
    try {
      const planned = await this.#step(vertex, inputs);
      this.steps.push(planned);
      return planned;
    } catch (error) {
      throw new SolveError(vertex, error as Error);
    }
  }

  async #step(vertex: Vertex, inputs: readonly (Planned | undefined)[]): Promise<Planned> {
    if (vertex.op.kind === 'image') return this.#image(vertex);
    const {executor, cache, fresh} = this.#request;
    const selection = await selectFromOutside({vertex, executor, context: this.#context(vertex)});
    const definition = definitionOf(vertex, inputs, selection);
    const hit = fresh(vertex) ? undefined : this.#hit(cache.findByDefinition(definition));
    if (hit) return {vertex, definition, ...hit};
    const open = inputs.filter((input) => input !== undefined && input.known === undefined);
    const rest =
      open.length === 0
        ? await this.#byContent(vertex, inputs, selection)
        : this.#undecided(vertex, open as readonly Planned[], selection);
    return {vertex, definition, ...rest};
  }

  async #image(vertex: Vertex): Promise<Planned> {
    const {op} = vertex;
    const {executor} = this.#request;
    invariant(op.kind === 'image', `${op.kind} is not an image`);
    const {chainID, open} = await executor.image(op, this.#context(vertex));
    const definition = definitionOf(vertex, [], undefined);
    return {vertex, definition, outlook: {kind: 'image'}, known: {content: chainID, open}};
  }

  #context(vertex: Vertex): ExecutionContext {
    const ignore = (): void => undefined;
    return {vertex, signal: this.#request.signal, log: ignore, progress: ignore};
  }

  #hit(record: CacheRecord | undefined): Pick<Planned, 'outlook' | 'known'> | undefined {
    if (record === undefined) return undefined;
    const {chainID, content} = record;
    const root: Root = chainID === null ? undefined : this.#request.executor.find(chainID);
    if (chainID !== null && root === undefined) return undefined;
    const known = {content: content ?? undefined, open: async () => root};
    return {outlook: {kind: 'hit', record}, known};
  }

  async #byContent(
    vertex: Vertex,
    inputs: readonly (Planned | undefined)[],
    fromContext: Selection | undefined,
  ): Promise<Pick<Planned, 'outlook' | 'known'>> {
    const {executor, cache, fresh} = this.#request;
    const step = {vertex, inputs: inputs.map((input) => input?.known), executor};
    const selection = fromContext ?? (await selectFromInput(step));
    const consumed = await consumedContent(step, selection);
    const hit = fresh(vertex) ? undefined : this.#hit(cache.find(contentKey(vertex.op, consumed)));
    return hit ?? {outlook: this.#miss(vertex, {op: vertex.op, ...consumed}, selection)};
  }

  /** An op that no result was ever recorded of runs, whatever it stands on. */
  #undecided(
    vertex: Vertex,
    open: readonly Planned[],
    selection: Selection | undefined,
  ): Pick<Planned, 'outlook'> {
    const {op} = vertex;
    const {cache, fresh} = this.#request;
    const evidence = {op, inputs: [], selection: selection?.digest};
    if (fresh(vertex) || !cache.candidates.knows(op)) {
      return {outlook: this.#miss(vertex, evidence, selection)};
    }
    const decidedBy = open.map((input) => input.vertex);
    return {outlook: {kind: 'unknown', decidedBy, candidate: this.#candidate(vertex, evidence)}};
  }

  #miss(vertex: Vertex, evidence: Evidence, selection: Selection | undefined): Outlook {
    const {cache, fresh} = this.#request;
    const candidate = fresh(vertex) ? undefined : this.#candidate(vertex, evidence);
    const explanation = explainStep(
      {
        ...evidence,
        // What is selected of a root that is not made yet cannot be compared.
        selection: selection === undefined ? candidate?.selection : selection.digest,
        key: contentKey(evidence.op, {inputs: evidence.inputs, selection: evidence.selection}),
        candidate: candidate?.key,
        fresh: fresh(vertex),
        inputNames: vertex.inputs.map((input) => input?.name ?? ''),
        ingredients: () => selection?.ingredients() ?? [],
      },
      cache,
    );
    return {kind: 'miss', explanation, candidate};
  }

  #candidate(vertex: Vertex, evidence: Evidence): CacheRecord | undefined {
    const {cache, originOf} = this.#request;
    return cache.candidates.best({...evidence, origin: originOf(vertex)});
  }
}
