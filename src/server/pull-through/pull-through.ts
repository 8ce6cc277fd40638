/**
 * A registry that fetches what it does not have from another, and keeps it.
 *
 * Tags      are asked for upstream each time (HEAD); what they name is fetched when it is not here
 * Digests   never change: what is here is given out unasked
 * Upstream  that gives no answer, or none within some seconds: what is here is given out, and for a while it is not asked again
 * Many who want the same share one exchange with the upstream.
 */
import {setTimeout as sleep} from 'node:timers/promises';
import type {Descriptor} from '../../oci/descriptor.js';
import {type Digest, isDigest} from '../../oci/digest.js';
import {manifestUnknown, nameUnknown, Refusal} from '../refusal.js';
import {manifestFacts} from '../storage/manifest-facts.js';
import type {RegistryStorage} from '../storage/registry-storage.js';
import type {StoredBlob} from '../storage/repository.js';
import {Fill} from './fill.js';
import {Shared} from './shared.js';
import type {Upstream} from './upstream.js';

export interface PullThroughOptions {
  /** Hears of an upstream that gives no answer. */
  readonly onProblem?: (problem: unknown) => void;
  /** Milliseconds that the upstream has to answer when what was asked for may be here; 5 s. */
  readonly patience?: number;
  /** Milliseconds in which one that gave no answer is not asked for that again; 10 s. */
  readonly rest?: number;
}

export class PullThrough {
  readonly #storage: RegistryStorage;
  #upstream: Upstream;
  readonly #options: Required<PullThroughOptions>;
  readonly #manifests = new Shared<void>();
  readonly #blobs = new Shared<Fill | StoredBlob | undefined>();
  readonly #fills = new Set<Promise<unknown>>();
  #silentUntil = 0;

  constructor(
    storage: RegistryStorage,
    upstream: Upstream,
    {onProblem = () => undefined, patience = 5_000, rest = 10_000}: PullThroughOptions = {},
  ) {
    this.#storage = storage;
    this.#upstream = upstream;
    this.#options = {onProblem, patience, rest};
  }

  /** containerd says with `ns` whose mirror it takes this for. */
  refuseOther(namespace: string | null, name: string): void {
    if (namespace !== null && namespace !== this.#upstream.domain) throw nameUnknown(name);
  }

  /** Another way to the same registry, for what is asked from now on. */
  goThrough(upstream: Upstream): void {
    this.#upstream = upstream;
  }

  /** After return what the reference names is here as it is upstream, as far as that can be known. Refuses what is not there. */
  async freshen(name: string, reference: string): Promise<void> {
    const held = this.#storage.repositories.find(name)?.manifest(reference);
    if (held !== undefined && isDigest(reference)) return;
    const fetch = () =>
      this.#manifests.run(`${name}:${reference}`, () => this.#fetch(name, reference));
    await (held === undefined ? this.#answered(fetch()) : this.#inTime(fetch));
  }

  /** Undefined when the upstream has none. */
  blobSize(name: string, digest: Digest): Promise<number | undefined> {
    return this.#answered(this.#upstream.blobSize(name, digest));
  }

  /** A blob that is not here: on its way, or here by now. Undefined when the upstream has none. */
  open(name: string, digest: Digest): Promise<Fill | StoredBlob | undefined> {
    return this.#answered(this.#blobs.run(`${name}@${digest}`, () => this.#open(name, digest)));
  }

  /** The upstream's; undefined when it gives no answer. */
  tags(name: string): Promise<readonly string[] | undefined> {
    return this.#inTime(() => this.#upstream.tags(name));
  }

  /** The upstream's; undefined when it gives no answer. */
  referrers(name: string, subject: Digest): Promise<readonly Descriptor[] | undefined> {
    return this.#inTime(() => this.#upstream.referrers(name, subject));
  }

  /** Waits for what is being fetched. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#fills);
  }

  async #fetch(name: string, reference: string): Promise<void> {
    const target = await this.#upstream.resolve(name, reference);
    const known = this.#storage.repositories.find(name);
    const tags = isDigest(reference) ? [] : [reference];
    if (target === undefined) {
      if (known?.tags.has(reference)) await known.untag(reference);
      throw manifestUnknown(reference);
    }
    if (known?.manifest(reference)?.digest === target.digest) return;
    const held = known?.manifest(target.digest);
    const data =
      known !== undefined && held !== undefined
        ? known.read(held)
        : await this.#upstream.manifest(name, target);
    const facts = manifestFacts(data, target.mediaType);
    const repository = this.#storage.repositories.open(name);
    await repository.put({target, data}, facts, {tags, partial: true});
  }

  async #open(name: string, digest: Digest): Promise<Fill | StoredBlob | undefined> {
    const {repositories, pool} = this.#storage;
    const size = await this.#upstream.blobSize(name, digest);
    if (size === undefined) return undefined;
    const repository = repositories.open(name);
    // Another repository may have it; whether this one does is the upstream's to say.
    if (pool.has({digest, size}) && repository.link(digest)) return repository.blob(digest);
    const fill = new Fill({
      draft: this.#storage.draft(),
      path: pool.path(digest),
      size,
      content: this.#upstream.blob(name, {digest, size}),
      keep: async (draft) => {
        await pool.adopt(digest, draft);
        repository.link(digest);
      },
    });
    this.#blobs.keep(`${name}@${digest}`, fill, fill.done);
    const ended = fill.done.catch(this.#options.onProblem).finally(() => this.#fills.delete(ended));
    this.#fills.add(ended);
    return fill;
  }

  /** The upstream's answer. Undefined when it gives none in time: then it is not asked for a while. */
  async #inTime<Out>(ask: () => Promise<Out>): Promise<Out | undefined> {
    if (Date.now() < this.#silentUntil) return undefined;
    const {patience, rest} = this.#options;
    const answered = new AbortController();
    const late = sleep(patience, undefined, {ref: false, signal: answered.signal}).then(() => {
      throw new Error(`${this.#upstream.domain}: no answer in ${patience} ms`);
    });
    try {
      return await Promise.race([ask(), late]);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      this.#silentUntil = Date.now() + rest;
      this.#options.onProblem(error);
      return undefined;
    } finally {
      answered.abort();
    }
  }

  async #answered<Out>(asked: Promise<Out>): Promise<Out> {
    try {
      return await asked;
    } catch (error) {
      if (error instanceof Refusal) throw error;
      this.#options.onProblem(error);
      const {domain} = this.#upstream;
      throw new Refusal([502, 'UNKNOWN'], `${domain}, which this registry caches, gives no answer`);
    }
  }
}
