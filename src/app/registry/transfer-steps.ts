/** Images that a build brings and sends, told as vertices of their own: one for each name that is looked up, one for each layer that moves. */
import {performance} from 'node:perf_hooks';
import {type Vertex, vertex} from '../../graph/vertex.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {type Digest, digestOf, shortID} from '../../oci/digest.js';
import {compressionOf} from '../../oci/media-type.js';
import {hostPlatform} from '../../oci/platform.js';
import type {SolveEvent} from '../../solver/events.js';
import type {TransferEvent} from './transfer-event.js';
import {troubleLine} from './trouble-line.js';

/** Milliseconds between two words of one layer. */
const EVERY = 100;

export class TransferSteps {
  readonly #emit: (event: SolveEvent) => void;
  readonly #start = performance.now();
  readonly #layers = new Map<Digest, {step: Vertex; toldAt: number}>();
  /** Whom notices belong to. */
  #latest: Vertex | undefined;
  #verb = 'pull';

  constructor(emit: (event: SolveEvent) => void) {
    this.#emit = emit;
  }

  /** Tells of what `act` does, by its title. */
  async tell<Out>(title: string, act: () => Promise<Out>): Promise<Out> {
    const step = this.#begin(title);
    try {
      const found = await act();
      this.#finish(step);
      return found;
    } catch (error) {
      this.#emit({kind: 'failed', vertex: step, at: this.#at(), error: error as Error});
      throw error;
    }
  }

  on(event: TransferEvent): void {
    const trouble = troubleLine(event);
    if (trouble !== undefined) this.#log(trouble);
    switch (event.kind) {
      case 'pulling':
      case 'pushing':
        this.#verb = event.kind === 'pulling' ? 'pull' : 'push';
        break;
      case 'started':
        this.#layerStarted(event.target);
        break;
      case 'progress':
        this.#layerProgress(event.target, event.done);
        break;
      case 'finished':
        this.#layerFinished(event.target);
    }
  }

  #layerStarted({digest, mediaType}: Descriptor): void {
    if (compressionOf(mediaType) === undefined) return;
    const step = this.#begin(`[internal] ${this.#verb} layer ${shortID(digest)}`);
    this.#layers.set(digest, {step, toldAt: 0});
  }

  #layerProgress({digest, size}: Descriptor, done: number): void {
    const layer = this.#layers.get(digest);
    const at = this.#at();
    if (layer === undefined || (at - layer.toldAt < EVERY && done < size)) return;
    layer.toldAt = at;
    this.#emit({
      kind: 'progress',
      vertex: layer.step,
      at,
      label: shortID(digest),
      done,
      total: size,
    });
  }

  #layerFinished({digest}: Descriptor): void {
    const layer = this.#layers.get(digest);
    if (layer !== undefined) this.#finish(layer.step);
  }

  #log(line: string): void {
    if (this.#latest === undefined) return;
    const data = Buffer.from(`${line}\n`);
    this.#emit({kind: 'log', vertex: this.#latest, at: this.#at(), stream: 'stderr', data});
  }

  #begin(name: string): Vertex {
    const manifest = digestOf(name);
    const op = {kind: 'image', reference: name, manifest, platform: hostPlatform()} as const;
    const step = vertex({op, inputs: [], name});
    this.#latest = step;
    this.#emit({kind: 'started', vertex: step, at: this.#at()});
    return step;
  }

  #finish(step: Vertex): void {
    const rest = {cached: false, chainID: undefined, key: undefined};
    this.#emit({kind: 'finished', vertex: step, at: this.#at(), ...rest});
  }

  #at(): number {
    return performance.now() - this.#start;
  }
}
