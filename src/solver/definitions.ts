/**
 * What each vertex of a graph is, before any is carried out: its definition key, and the files of a context or the network that it
 * takes. So a result that is there is found whatever it was made of, and a file that is missing is missed before minutes of work.
 */
import {semaphore} from '../base/semaphore.js';
import type {Vertex} from '../graph/vertex.js';
import type {Digest} from '../oci/digest.js';
import {SolveError} from './errors.js';
import type {ExecutionContext, Executor} from './executor.js';
import {definitionOf, type Known, selectFromOutside} from './step-keys.js';

export interface Definition {
  readonly definition: Digest;
  /** Of what needs no other step. */
  readonly selection: Known;
  /** It, or something it rests on, is made anew: the definition of that stays, and does not say what will come of it. */
  readonly remade: boolean;
}

export interface DefinitionSources {
  readonly executor: Pick<Executor, 'select' | 'pin'>;
  /** Vertices for which no earlier result is taken. */
  readonly fresh: (vertex: Vertex) => boolean;
  readonly contextOf: (vertex: Vertex) => ExecutionContext;
}

/** Selections at once: each is work of its own thread, or waits for a server. */
const AT_ONCE = 4;

export class Definitions {
  readonly #sources: DefinitionSources;
  readonly #known = new Map<Digest, Promise<Definition>>();
  readonly #inTurn = semaphore(AT_ONCE);

  constructor(sources: DefinitionSources) {
    this.#sources = sources;
  }

  /** Throws SolveError for what cannot be selected, of this vertex or of one it rests on. */
  of(vertex: Vertex): Promise<Definition> {
    const known = this.#known.get(vertex.id) ?? this.#define(vertex);
    this.#known.set(vertex.id, known);
    return known;
  }

  async #define(vertex: Vertex): Promise<Definition> {
    const selecting = this.#select(vertex);
    const inputs = vertex.inputs.map((input) => (input === null ? undefined : this.of(input)));
    const [selection, ...defined] = await Promise.all([selecting, ...inputs]);
    const remade = this.#sources.fresh(vertex) || defined.some((input) => input?.remade);
    return {definition: definitionOf(vertex, defined, selection), selection, remade};
  }

  #select(vertex: Vertex): Promise<Known> {
    return this.#inTurn(async () => {
      try {
        const {executor, contextOf} = this.#sources;
        const context = contextOf(vertex);
        context.signal.throwIfAborted();
        return await selectFromOutside({vertex, executor, context});
      } catch (error) {
        throw new SolveError(vertex, error as Error);
      }
    });
  }
}
