/** The repositories of a registry by name. */
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import type {Ingest} from '../../content/ingest.js';
import type {BlobFolder} from '../../store/blob-folder.js';
import {OnePerKey} from './one-per-key.js';
import {folderName, repositoryName} from './registry-paths.js';
import {Repository} from './repository.js';
import {isRepository} from './repository-index.js';

/** Repositories kept in memory though nobody uses them. */
const KEPT = 256;

export class Repositories {
  readonly #root: string;
  readonly #shared: {readonly pool: BlobFolder; readonly ingest: Ingest};
  readonly #open = new OnePerKey<Repository>(KEPT);

  constructor(root: string, shared: {readonly pool: BlobFolder; readonly ingest: Ingest}) {
    this.#root = root;
    this.#shared = shared;
  }

  /** In order. */
  names(): readonly string[] {
    return readdirSync(this.#root)
      .filter((folder) => isRepository(join(this.#root, folder)))
      .map(repositoryName)
      .sort();
  }

  /** Undefined when nothing was ever pushed there. */
  find(name: string): Repository | undefined {
    return isRepository(join(this.#root, folderName(name))) ? this.open(name) : undefined;
  }

  /** To write into: on the disk it begins with the first blob or manifest. `name` is a valid one. */
  open(name: string): Repository {
    const folder = join(this.#root, folderName(name));
    return this.#open.open(name, () => new Repository(name, {folder, ...this.#shared}));
  }
}
