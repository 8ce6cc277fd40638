/**
 * Copies content and all it points to from one place to another: the whole of pull, push, save and load.
 *
 * Order   leaves first, so at any moment what the target holds is complete below; each digest once.
 * Skips   what the target has. A manifest that is there stands for its config and layers; an index does not, for it
 *         may have been copied for one platform only.
 * Throws  the first failure of either side, after the transfers under way have ended.
 */
import {semaphore} from '../base/semaphore.js';
import type {Descriptor} from '../oci/descriptor.js';
import type {Digest} from '../oci/digest.js';
import {MANIFEST_LIMIT} from '../oci/manifest.js';
import {isIndex} from '../oci/media-type.js';
import {childrenIn, isBranch} from './children.js';
import {NestedTooDeepError} from './errors.js';
import type {Fetcher} from './fetcher.js';
import type {Pusher} from './pusher.js';
import {once, readAll} from './read-all.js';
import {observed} from './verify.js';

export interface CopyOptions {
  /** Transfers at once; 3 as docker has it. */
  readonly concurrency?: number;
  /** Which children of an index to follow; all without it. */
  readonly select?: (children: readonly Descriptor[], parent: Descriptor) => readonly Descriptor[];
  /** Layers before the config that tells of them: who finds the config may rely on them. */
  readonly layersFirst?: boolean;
  /** Whether content that failed to arrive is read once more: an end may have another way to it. */
  readonly again?: (target: Descriptor, error: unknown) => boolean | Promise<boolean>;
  readonly onEvent?: ((event: CopyEvent) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type CopyEvent =
  | {readonly kind: 'exists' | 'started' | 'finished'; readonly target: Descriptor}
  /** `done` bytes so far, once a chunk. */
  | {readonly kind: 'progress'; readonly target: Descriptor; readonly done: number};

export interface CopyEnds {
  readonly from: Pick<Fetcher, 'fetch'>;
  readonly to: Pusher & Pick<Fetcher, 'exists'>;
}

const DEEPEST = 4;

export const copy = (
  ends: CopyEnds,
  target: Descriptor,
  options: CopyOptions = {},
): Promise<void> => new GraphCopy(ends, options).visit(target, 1);

class GraphCopy {
  readonly #ends: CopyEnds;
  readonly #options: CopyOptions;
  readonly #transfer: ReturnType<typeof semaphore>;
  readonly #seen = new Map<Digest, Promise<void>>();
  readonly #failed = new AbortController();

  constructor(ends: CopyEnds, options: CopyOptions) {
    this.#ends = ends;
    this.#options = options;
    this.#transfer = semaphore(options.concurrency ?? 3);
  }

  visit(node: Descriptor, depth: number): Promise<void> {
    const known = this.#seen.get(node.digest);
    if (known !== undefined) return known;
    const visiting = this.#move(node, depth).catch((error: unknown) => {
      this.#failed.abort(error);
      throw error;
    });
    this.#seen.set(node.digest, visiting);
    return visiting;
  }

  async #move(node: Descriptor, depth: number): Promise<void> {
    const {from, to} = this.#ends;
    this.#goOn();
    const exists = await to.exists(node);
    if (exists && !isIndex(node.mediaType)) {
      this.#options.onEvent?.({kind: 'exists', target: node});
    } else if (isBranch(node)) {
      if (depth > DEEPEST) throw new NestedTooDeepError(node.digest, DEEPEST);
      const data = await this.#transfer(() => readAll(from, node, MANIFEST_LIMIT));
      await this.#below(node, data, depth);
      if (!exists) await this.#transfer(() => this.#put(node, () => once(data)));
    } else {
      await this.#transfer(() => this.#put(node, () => from.fetch(node)));
    }
  }

  /** Waits for all, so nothing still writes after a failure, then throws the first. */
  async #below(node: Descriptor, data: Buffer, depth: number): Promise<void> {
    const all = childrenIn(node, data);
    const followed = isIndex(node.mediaType) ? (this.#options.select?.(all, node) ?? all) : all;
    for (const children of this.#inTurns(followed)) {
      await Promise.allSettled(children.map((child) => this.visit(child, depth + 1)));
      this.#goOn();
    }
  }

  /** A manifest's config is the first of its children. */
  #inTurns(children: readonly Descriptor[]): readonly (readonly Descriptor[])[] {
    const [first, ...rest] = children;
    const ordered = this.#options.layersFirst === true && first !== undefined && !isBranch(first);
    return ordered ? [rest, [first]] : [children];
  }

  async #put(node: Descriptor, read: () => AsyncIterable<Uint8Array>): Promise<void> {
    this.#options.onEvent?.({kind: 'started', target: node});
    for (;;) {
      this.#goOn();
      try {
        await this.#ends.to.push(node, observed(read(), this.#progress(node)));
        break;
      } catch (error) {
        this.#goOn();
        if (!(await this.#options.again?.(node, error))) throw error;
      }
    }
    this.#options.onEvent?.({kind: 'finished', target: node});
  }

  #progress(target: Descriptor): (bytes: number) => void {
    let done = 0;
    return (bytes) => {
      done += bytes;
      this.#options.onEvent?.({kind: 'progress', target, done});
      this.#goOn();
    };
  }

  #goOn(): void {
    this.#options.signal?.throwIfAborted();
    this.#failed.signal.throwIfAborted();
  }
}
