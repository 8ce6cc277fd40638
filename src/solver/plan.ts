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
import {contentKey} from '../cache/cache-key.js';
import type {CacheRecord, Evidence} from '../cache/cache-record.js';
import {type Explanation, explainStep} from '../cache/explain/explain.js';
import {type ImportedResult, ImportedResults} from '../cache/shared/imported-results.js';
import type {ImageOp} from '../graph/op.js';
import type {Vertex} from '../graph/vertex.js';
import type {Digest} from '../oci/digest.js';
import {type Definition, Definitions} from './definitions.js';
import {SolveError} from './errors.js';
import type {ExecutionContext, Executor, LazyRoot, Selection} from './executor.js';
import {type KnownResult, knownByContent, knownByDefinition, solvedBy} from './known-result.js';
import type {SolveRequest} from './solve.js';
import type {Solved} from './solved.js';
import {consumedContent, selectFromInput} from './step-keys.js';

export interface PlanRequest extends Omit<SolveRequest, 'executor' | 'onEvent'> {
  readonly executor: Pick<
    Executor,
    'find' | 'image' | 'restore' | 'pin' | 'select' | 'selectMounted'
  >;
}

type Outlook =
  /** Looked up each time. */
  | {readonly kind: 'image'}
  | {
      readonly kind: 'hit';
      readonly result: Pick<CacheRecord, 'key' | 'duration'>;
      /** Where another machine made it. */
      readonly imported: ImportedResult | undefined;
    }
  /** What it would make is in a result that will be taken. */
  | {readonly kind: 'unneeded'}
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
  readonly known?: Pick<Solved, 'content' | 'open' | 'base'>;
}

type Outcome = Pick<Planned, 'outlook' | 'known'>;

/** Each vertex once, after its inputs. Throws SolveError where the build would fail before it runs anything of the step. */
export async function planGraph(request: PlanRequest): Promise<readonly PlannedStep[]> {
  const plan = new Plan(request);
  for (const target of request.targets) await plan.once(target);
  return plan.steps();
}

class Plan {
  readonly #request: PlanRequest;
  readonly #imported: ImportedResults;
  readonly #definitions: Definitions;
  readonly #steps = new Map<Digest, Planned>();
  readonly #planned = new Map<Digest, Promise<Planned>>();

  constructor(request: PlanRequest) {
    this.#request = request;
    this.#imported = request.imported ?? new ImportedResults();
    const contextOf = (vertex: Vertex) => this.#context(vertex);
    this.#definitions = new Definitions({...request, contextOf});
  }

  /** Of all that the targets rest on. */
  steps(): readonly PlannedStep[] {
    const steps = new Map<Digest, PlannedStep>();
    const add = (vertex: Vertex): void => {
      for (const input of vertex.inputs) if (input !== null) add(input);
      const step = this.#steps.get(vertex.id) ?? {vertex, outlook: {kind: 'unneeded'}};
      if (!steps.has(vertex.id)) steps.set(vertex.id, step);
    };
    for (const target of this.#request.targets) add(target);
    return [...steps.values()];
  }

  once(vertex: Vertex): Promise<Planned> {
    const planned = this.#planned.get(vertex.id) ?? this.#plan(vertex);
    this.#planned.set(vertex.id, planned);
    return planned;
  }

  async #plan(vertex: Vertex): Promise<Planned> {
    this.#request.signal.throwIfAborted();
    const defined = await this.#definitions.of(vertex);
    const hit = await this.#hitByDefinition(vertex, defined);
    const rest = hit ?? (await this.#step(vertex, defined.selection));
    const planned = {vertex, definition: defined.definition, ...rest};
    this.#steps.set(vertex.id, planned);
    return planned;
  }

  /** As a build takes it: see Walk. */
  async #hitByDefinition(vertex: Vertex, defined: Definition): Promise<Outcome | undefined> {
    const known = this.#known(vertex, defined);
    if (known === undefined) return undefined;
    const [onto, ...read] = vertex.inputs;
    const below = onto ? await this.once(onto) : undefined;
    for (const input of read) {
      if (input && this.#known(input, await this.#definitions.of(input))) await this.once(input);
    }
    return this.#hit(known, {...defined, base: below?.known?.base});
  }

  #known(vertex: Vertex, {definition, remade}: Definition): KnownResult | undefined {
    const {executor, cache} = this.#request;
    if (vertex.op.kind === 'image' || remade) return undefined;
    return knownByDefinition(definition, {executor, cache, imported: this.#imported});
  }

  async #step(vertex: Vertex, selection: Selection | undefined): Promise<Outcome> {
    const inputs: (Planned | undefined)[] = [];
    for (const input of vertex.inputs) inputs.push(input ? await this.once(input) : undefined);
    try {
      if (vertex.op.kind === 'image') return await this.#image(vertex.op, vertex);
      const open = inputs.filter((input) => input !== undefined && input.known === undefined);
      return open.length === 0
        ? await this.#byContent(vertex, inputs, selection)
        : this.#undecided(vertex, open as readonly Planned[], selection);
    } catch (error) {
      throw new SolveError(vertex, error as Error);
    }
  }

  async #image(op: ImageOp, vertex: Vertex): Promise<Outcome> {
    const base = await this.#request.executor.image(op, this.#context(vertex));
    return {outlook: {kind: 'image'}, known: {content: base.chainID, open: base.open, base}};
  }

  #context(vertex: Vertex): ExecutionContext {
    const ignore = (): void => undefined;
    return {vertex, signal: this.#request.signal, log: ignore, progress: ignore};
  }

  #hit(
    known: KnownResult,
    ground: {readonly definition: Digest; readonly base: LazyRoot | undefined},
  ): Outcome | undefined {
    const {executor} = this.#request;
    const solved = solvedBy(known, {...ground, executor});
    if (solved === undefined) return undefined;
    const result = known.kind === 'own' ? known.record : known.result;
    return {outlook: {kind: 'hit', result, imported: solved.imported}, known: solved};
  }

  async #byContent(
    vertex: Vertex,
    inputs: readonly (Planned | undefined)[],
    fromContext: Selection | undefined,
  ): Promise<Outcome> {
    const {executor, cache, fresh} = this.#request;
    const step = {vertex, inputs: inputs.map((input) => input?.known), executor};
    const selection = fromContext ?? (await selectFromInput(step));
    const consumed = await consumedContent(step, selection);
    const key = contentKey(vertex.op, consumed);
    const found = knownByContent(key, {executor, cache, imported: this.#imported});
    const base = inputs[0]?.known?.base;
    const hit = found && !fresh(vertex) ? this.#hit(found, {definition: key, base}) : undefined;
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
