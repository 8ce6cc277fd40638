/**
 * The store: an OCI image layout on disk, shared by the processes of one user.
 *
 * Whoever has it open holds a lock: shared to use it, exclusive to take blobs away. What snapshots somebody uses is known one by one
 * (leases.ts). So nothing that somebody uses goes, and nothing needs a daemon to know who is there: the kernel drops a
 * lock with its process.
 */
import {existsSync, mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {replaceFile} from '../base/atomic-file.js';
import {Ingest} from '../content/ingest.js';
import {acquireLock, type LockKind, tryLock} from '../linux/lock.js';
import {serializeImageIndex} from '../oci/image-index.js';
import {LAYOUT_CONTENT} from '../oci/image-layout.js';
import {MediaType} from '../oci/media-type.js';
import {BlobFolder} from './blob-folder.js';
import {StoreBusyError, StoreUnusableError} from './errors.js';
import {Images} from './images.js';
import {Leases} from './leases.js';
import {References} from './references.js';
import {type StorePaths, storePaths} from './store-paths.js';

export interface OpenOptions {
  readonly lock: LockKind;
  /** False: StoreBusyError at once instead of waiting for the others. */
  readonly wait?: boolean;
  readonly signal?: AbortSignal;
}

/** Opens the store at `root`, making it when there is none. */
export async function openStore(root: string, options: OpenOptions): Promise<Store> {
  const paths = storePaths(root);
  try {
    makeFolders(paths);
  } catch (cause) {
    throw new StoreUnusableError(root, cause instanceof Error ? cause.message : 'unknown', cause);
  }
  const lock = await lockStore(paths, options);
  const ingest = new Ingest(paths.ingest);
  try {
    ingest.sweep();
    await makeLayout(paths, ingest);
    return new Store(paths, {ingest, lock, kind: options.lock});
  } catch (error) {
    await ingest.close();
    lock[Symbol.dispose]();
    throw error;
  }
}

interface Held {
  readonly ingest: Ingest;
  readonly lock: Disposable;
  readonly kind: LockKind;
}

export class Store implements AsyncDisposable {
  readonly paths: StorePaths;
  readonly blobs: BlobFolder;
  readonly references: References;
  readonly images: Images;
  /** For other writers into the same root; swept with the store's. */
  readonly ingest: Ingest;
  /** What this process has found, for others to leave alone. */
  readonly leases: Leases;
  #lock: Disposable | undefined;
  #kind: LockKind;

  constructor(paths: StorePaths, {ingest, lock, kind}: Held) {
    this.paths = paths;
    this.ingest = ingest;
    this.blobs = new BlobFolder(paths.blobs, ingest);
    this.references = new References(paths, ingest);
    this.images = new Images(this.references, this.blobs);
    this.leases = new Leases(paths);
    this.#lock = lock;
    this.#kind = kind;
  }

  get root(): string {
    return this.paths.root;
  }

  /** Whether nobody else has the store open. */
  get isExclusive(): boolean {
    return this.#lock !== undefined && this.#kind === 'exclusive';
  }

  /**
   * Runs `act` while nobody else has the store open, then goes back to sharing it. What this process looked up before may
   * be gone when `act` starts. Throws StoreBusyError, unless it may wait.
   */
  async exclusively<Out>(
    act: () => Promise<Out>,
    options: Omit<OpenOptions, 'lock'> = {},
  ): Promise<Out> {
    if (this.isExclusive) return act();
    await this.#relock({...options, lock: 'exclusive'});
    try {
      return await act();
    } finally {
      await this.#relock({lock: 'shared'});
    }
  }

  /** Safe to call twice. */
  async close(): Promise<void> {
    await this.ingest.close();
    this.leases.close();
    this.#lock?.[Symbol.dispose]();
    this.#lock = undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #relock(options: OpenOptions): Promise<void> {
    this.#lock?.[Symbol.dispose]();
    try {
      this.#lock = await lockStore(this.paths, options);
      this.#kind = options.lock;
    } catch (error) {
      this.#lock = await lockStore(this.paths, {lock: 'shared'});
      throw error;
    }
  }
}

/** Others must not read it: layers hold setuid programs, containers hold data. */
function makeFolders(paths: StorePaths): void {
  const {root, layout, index, statCache, ...folders} = paths;
  mkdirSync(root, {recursive: true, mode: 0o700});
  for (const folder of Object.values(folders)) mkdirSync(folder, {recursive: true});
}

/** The layout file comes last: where it is, the store is whole. */
async function makeLayout(paths: StorePaths, ingest: Ingest): Promise<void> {
  if (existsSync(paths.layout)) return;
  using _alone = await acquireLock(join(paths.locks, 'index'), 'exclusive');
  if (!existsSync(paths.index)) {
    const index = {schemaVersion: 2, mediaType: MediaType.index, manifests: []} as const;
    replaceFile({path: paths.index, draft: ingest.draft()}, serializeImageIndex(index));
  }
  replaceFile({path: paths.layout, draft: ingest.draft()}, LAYOUT_CONTENT);
}

async function lockStore(paths: StorePaths, options: OpenOptions): Promise<Disposable> {
  const path = join(paths.locks, 'store');
  if (options.wait !== false) return acquireLock(path, options.lock, options.signal);
  const lock = tryLock(path, options.lock);
  if (lock === undefined) throw new StoreBusyError(paths.root);
  return lock;
}
