/**
 * One repository: an OCI image layout whose blobs are hard links of the registry's. So access ends at the repository, a
 * mount copies nothing, and the kernel counts who still needs a blob.
 *
 * Changes happen one at a time; whoever holds this object sees the only state there is (Repositories).
 */
import {renameSync, type Stats, statSync, utimesSync} from 'node:fs';
import {join} from 'node:path';
import {setImmediate as breathe} from 'node:timers/promises';
import {syncFolder} from '../../base/atomic-file.js';
import {now} from '../../base/clock.js';
import {TsbuildError} from '../../base/error.js';
import {semaphore} from '../../base/semaphore.js';
import type {Ingest} from '../../content/ingest.js';
import {once} from '../../content/read-all.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {type Digest, isDigest} from '../../oci/digest.js';
import {BLOBS_FOLDER} from '../../oci/image-layout.js';
import {BlobFolder} from '../../store/blob-folder.js';
import {blobUnknown, inUse, manifestUnknown, Refusal, sizeInvalid} from '../refusal.js';
import {linkOrCopy} from './link-or-copy.js';
import {type ManifestFacts, manifestFacts} from './manifest-facts.js';
import {Referrers} from './referrers.js';
import {RepositoryIndex} from './repository-index.js';

export interface RepositoryPlace {
  readonly folder: string;
  /** The registry's blobs, of all repositories. */
  readonly pool: BlobFolder;
  readonly ingest: Ingest;
}

export interface StoredBlob {
  readonly path: string;
  readonly size: number;
}

interface PutOptions {
  readonly tags?: readonly string[];
  readonly sparse?: boolean;
  readonly partial?: boolean;
}

/** Milliseconds; a blob that was touched since is not touched again. */
const TOUCH_EVERY = 1_000;
/** Manifests read before others get their turn. */
const AT_ONCE = 64;

export class Repository {
  readonly name: string;
  readonly #place: RepositoryPlace;
  readonly #index: RepositoryIndex;
  readonly #blobs: BlobFolder;
  readonly #alone = semaphore(1);
  #referrers: Promise<Referrers> | undefined;

  constructor(name: string, place: RepositoryPlace) {
    this.name = name;
    this.#place = place;
    this.#index = new RepositoryIndex(place.folder, place.ingest);
    this.#blobs = new BlobFolder(join(place.folder, BLOBS_FOLDER), place.ingest);
  }

  get tags(): ReadonlyMap<string, Digest> {
    return this.#index.tags;
  }

  get manifests(): ReadonlyMap<Digest, Descriptor> {
    return this.#index.manifests;
  }

  /** By tag or digest. */
  manifest(reference: string): Descriptor | undefined {
    const digest = isDigest(reference) ? reference : this.#index.tags.get(reference);
    return digest === undefined ? undefined : this.#index.manifests.get(digest);
  }

  read(target: Descriptor): Buffer {
    return this.#blobs.read(target);
  }

  /** `renew`: somebody counts on it, so its grace period begins anew. */
  blob(digest: Digest, {renew = false} = {}): StoredBlob | undefined {
    const path = this.#blobs.path(digest);
    const stats = statSync(path, {throwIfNoEntry: false});
    if (stats === undefined) return undefined;
    if (renew) touch(path, stats);
    return {path, size: stats.size};
  }

  /** Takes a blob of the registry into this repository. False when the registry has none. */
  link(digest: Digest): boolean {
    const {pool, ingest, folder} = this.#place;
    const source = statSync(pool.path(digest), {throwIfNoEntry: false});
    if (source === undefined) return false;
    touch(pool.path(digest), source);
    this.#index.make();
    const path = this.#blobs.path(digest);
    if (statSync(path, {throwIfNoEntry: false})?.ino === source.ino) return true;
    const draft = ingest.draft();
    linkOrCopy(pool.path(digest), draft);
    renameSync(draft, path);
    syncFolder(join(folder, BLOBS_FOLDER));
    return true;
  }

  /**
   * Stores a manifest byte for byte. `sparse`: an index need not have all its manifests here; `partial`: nothing of what it needs.
   * Refuses what needs content that is not here.
   */
  put(
    {target, data}: {target: Descriptor; data: Buffer},
    facts: ManifestFacts,
    {tags = [], sparse = false, partial = false}: PutOptions = {},
  ): Promise<void> {
    return this.#alone(async () => {
      if (!partial) this.#requireContent(facts, sparse);
      await this.#place.pool.push(target, once(data));
      this.link(target.digest);
      this.#index.put(target, tags);
      (await this.#referrers)?.add(target, facts);
    });
  }

  /** Refuses what an index here holds. */
  remove(digest: Digest): Promise<void> {
    return this.#alone(async () => {
      if (!this.manifests.has(digest)) throw manifestUnknown(digest);
      await this.#refuseUsed(digest);
      await this.#removeManifests(new Set([digest]));
    });
  }

  /** The manifest stays. */
  untag(tag: string): Promise<void> {
    return this.#alone(async () => {
      if (!this.tags.has(tag)) throw manifestUnknown(tag);
      this.#index.untag(tag);
    });
  }

  /** Refuses what a manifest here needs. */
  removeBlob(digest: Digest): Promise<void> {
    return this.#alone(async () => {
      if (this.blob(digest) === undefined) throw blobUnknown(digest);
      if (this.manifests.has(digest)) throw inUse(digest, digest);
      await this.#refuseUsed(digest);
      this.#blobs.remove(digest);
    });
  }

  async referrers(subject: Digest): Promise<readonly Descriptor[]> {
    this.#referrers ??= this.#alone(() => this.#readReferrers());
    return (await this.#referrers).of(subject);
  }

  /** Nothing else changes this repository meanwhile. */
  alone<Out>(act: (inside: Inside) => Promise<Out>): Promise<Out> {
    return this.#alone(() =>
      act({
        facts: () => this.#facts(),
        blobs: () => this.#blobs.list(),
        changedAt: (digest) => statSync(this.#blobs.path(digest)).mtimeMs,
        removeManifests: (digests) => this.#removeManifests(digests),
        removeBlob: (digest) => this.#blobs.remove(digest),
        unmakeEmpty: () => this.#index.unmakeEmpty(),
      }),
    );
  }

  #requireContent({blobs, manifests}: ManifestFacts, sparse: boolean): void {
    const absent = [
      ...blobs.filter(({digest}) => this.blob(digest, {renew: true}) === undefined),
      ...manifests.filter(({digest}) => !sparse && !this.manifests.has(digest)),
    ];
    if (absent.length > 0) {
      const detail = absent.map(({digest, mediaType}) => ({digest, mediaType}));
      const message = 'manifest references content unknown to the repository';
      throw new Refusal([400, 'MANIFEST_BLOB_UNKNOWN'], message, {detail});
    }
    for (const {digest, size} of blobs) {
      const got = this.#blobs.sizeOf(digest);
      if (got !== size) throw sizeInvalid(`${digest}: the manifest says ${size} bytes, got ${got}`);
    }
  }

  async #refuseUsed(digest: Digest): Promise<void> {
    for await (const {target, facts} of this.#facts()) {
      if (facts?.mentions.includes(digest)) throw inUse(digest, target.digest);
    }
  }

  async #removeManifests(digests: ReadonlySet<Digest>): Promise<void> {
    this.#index.remove(digests);
    for (const digest of digests) {
      this.#blobs.remove(digest);
      (await this.#referrers)?.remove(digest);
    }
  }

  async #readReferrers(): Promise<Referrers> {
    const referrers = new Referrers();
    for await (const {target, facts} of this.#facts()) {
      if (facts !== undefined) referrers.add(target, facts);
    }
    return referrers;
  }

  async *#facts(): AsyncGenerator<Known> {
    let count = 0;
    for (const target of this.manifests.values()) {
      yield {target, facts: this.#factsOf(target)};
      if (++count % AT_ONCE === 0) await breathe();
    }
  }

  #factsOf(target: Descriptor): ManifestFacts | undefined {
    try {
      return manifestFacts(this.read(target), target.mediaType);
    } catch (error) {
      if (error instanceof TsbuildError) return undefined;
      throw error;
    }
  }
}

interface Known {
  readonly target: Descriptor;
  readonly facts: ManifestFacts | undefined;
}

/** What garbage collection does to a repository while it has it alone. */
export interface Inside {
  /** Without facts: damaged on the disk. */
  facts(): AsyncIterable<Known>;
  blobs(): Promise<readonly Digest[]>;
  /** Milliseconds since 1970, when it was pushed or last counted on. */
  changedAt(digest: Digest): number;
  removeManifests(digests: ReadonlySet<Digest>): Promise<void>;
  removeBlob(digest: Digest): void;
  unmakeEmpty(): void;
}

function touch(path: string, {mtimeMs}: Stats): void {
  const time = now();
  if (time.getTime() - mtimeMs > TOUCH_EVERY) utimesSync(path, time, time);
}
