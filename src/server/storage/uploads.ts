/** The uploads under way, in files that outlive the server: `uploads/<repository>/<id>`. */
import {randomUUID} from 'node:crypto';
import {existsSync, mkdirSync, readdirSync, rmdirSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {OnePerKey} from './one-per-key.js';
import {folderName} from './registry-paths.js';
import {Upload} from './upload.js';

/** Idle uploads whose hash is kept; that of others is computed again. */
const KEPT = 256;
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export class Uploads {
  readonly #root: string;
  readonly #limit: number;
  readonly #open = new OnePerKey<Upload>(KEPT);

  /** `limit`: bytes of the largest blob. */
  constructor(root: string, limit: number) {
    this.#root = root;
    this.#limit = limit;
  }

  start(repository: string): Upload {
    const id = randomUUID();
    mkdirSync(join(this.#root, folderName(repository)), {recursive: true});
    writeFileSync(this.#path(repository, id), '', {flag: 'wx', mode: 0o644});
    return this.#upload(repository, id);
  }

  find(repository: string, id: string): Upload | undefined {
    if (!ID.test(id) || !existsSync(this.#path(repository, id))) return undefined;
    return this.#upload(repository, id);
  }

  /** Removes those that got no byte since `before`, in milliseconds since 1970. Returns how many. */
  async purge(before: number): Promise<number> {
    let count = 0;
    for (const folder of readdirSync(this.#root)) {
      for (const id of readdirSync(join(this.#root, folder))) {
        const path = join(this.#root, folder, id);
        if (statSync(path).mtimeMs >= before) continue;
        await this.#upload(folder, id).cancel();
        count++;
      }
      removeEmpty(join(this.#root, folder));
    }
    return count;
  }

  #path(repository: string, id: string): string {
    return join(this.#root, folderName(repository), id);
  }

  #upload(repository: string, id: string): Upload {
    const path = this.#path(repository, id);
    return this.#open.open(path, () => new Upload(id, path, this.#limit));
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
  }
}
