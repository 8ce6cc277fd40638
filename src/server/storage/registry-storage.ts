/**
 * A registry on the disk: repositories, each an OCI image layout, over one folder of blobs.
 *
 * One server at a time has it. What a request was answered with is on the disk; `kill -9` at any moment leaves uploads to go
 * on with and drafts, which the next start sweeps.
 */
import {existsSync, mkdirSync, readdirSync} from 'node:fs';
import {Ingest} from '../../content/ingest.js';
import {tryLock} from '../../linux/lock.js';
import {BlobFolder} from '../../store/blob-folder.js';
import {RegistryInUseError, RegistryUnusableError} from '../errors.js';
import {type RegistryPaths, registryPaths} from './registry-paths.js';
import {Repositories} from './repositories.js';
import {Uploads} from './uploads.js';

export interface StorageOptions {
  readonly root: string;
  /** Bytes of the largest blob; any without it. */
  readonly blobLimit?: number;
}

export class RegistryStorage implements AsyncDisposable {
  readonly paths: RegistryPaths;
  readonly pool: BlobFolder;
  readonly repositories: Repositories;
  readonly uploads: Uploads;
  readonly #ingest: Ingest;
  readonly #lock: Disposable;

  /** Makes what is missing. Throws RegistryInUseError, RegistryUnusableError. */
  static open(options: StorageOptions): RegistryStorage {
    const paths = registryPaths(options.root);
    try {
      makeFolders(paths);
      const lock = tryLock(paths.lock, 'exclusive');
      if (lock !== undefined) return new RegistryStorage(paths, lock, options);
    } catch (cause) {
      if (cause instanceof RegistryUnusableError) throw cause;
      const problem = cause instanceof Error ? cause.message : 'unknown';
      throw new RegistryUnusableError(options.root, problem, cause);
    }
    throw new RegistryInUseError(options.root);
  }

  private constructor(paths: RegistryPaths, lock: Disposable, {blobLimit}: StorageOptions) {
    this.paths = paths;
    this.#lock = lock;
    this.#ingest = new Ingest(paths.ingest);
    this.#ingest.sweep();
    this.pool = new BlobFolder(paths.blobs, this.#ingest);
    const shared = {pool: this.pool, ingest: this.#ingest};
    this.repositories = new Repositories(paths.repositories, shared);
    this.uploads = new Uploads(paths.uploads, blobLimit ?? Number.MAX_SAFE_INTEGER);
  }

  /** A path where nothing is yet, to write a blob to that `pool` then adopts. */
  draft(): string {
    return this.#ingest.draft();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ingest.close();
    this.#lock[Symbol.dispose]();
  }
}

function makeFolders(paths: RegistryPaths): void {
  mkdirSync(paths.root, {recursive: true, mode: 0o700});
  if (!existsSync(paths.lock) && readdirSync(paths.root).length > 0) {
    throw new RegistryUnusableError(paths.root, 'want an empty directory or a registry');
  }
  for (const folder of [paths.blobs, paths.repositories, paths.uploads, paths.ingest]) {
    mkdirSync(folder, {recursive: true});
  }
}
