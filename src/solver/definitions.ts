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
}

/** Selections at once: each is work of its own thread, or waits for a server. */
const AT_ONCE = 4;

export class Definitions {
  readonly #executor: Pick<Executor, 'select' | 'pin'>;
  readonly #contextOf: (vertex: Vertex) => ExecutionContext;
  readonly #known = new Map<Digest, Promise<Definition>>();
  readonly #inTurn = semaphore(AT_ONCE);

  constructor(
    executor: Pick<Executor, 'select' | 'pin'>,
    contextOf: (vertex: Vertex) => ExecutionContext,
  ) {
    this.#executor = executor;
    this.#contextOf = contextOf;
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
    return {definition: definitionOf(vertex, defined, selection), selection};
  }

  #select(vertex: Vertex): Promise<Known> {
    return this.#inTurn(async () => {
      try {
        const context = this.#contextOf(vertex);
        context.signal.throwIfAborted();
        return await selectFromOutside({vertex, executor: this.#executor, context});
      } catch (error) {
        throw new SolveError(vertex, error as Error);
      }
    });
  }
}
