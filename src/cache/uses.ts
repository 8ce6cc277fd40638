/**
 * Which project used which result, when last, and how often.
 *
 *   uses/<project>/<hex of the key>   one byte a use; its mtime is the last
 *
 * A project is a name that a build gives, by default that of its context's directory: results are shared between
 * projects, and what only one of them used goes when that one is pruned.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import {join} from 'node:path';
import {namesIn} from '../base/names-in.js';
import {type Digest, digestOf, hexOf, isDigest} from '../oci/digest.js';

export interface Use {
  readonly key: Digest;
  readonly project: string;
  readonly count: number;
  readonly lastUsedAt: Date;
}

export class Uses {
  readonly #root: string;

  /** `root` exists. */
  constructor(root: string) {
    this.#root = root;
  }

  /** Whether it was the project's first use of the result. */
  add(key: Digest, project: string): boolean {
    const folder = this.#folder(project);
    const path = join(folder, hexOf(key));
    const isFirst = !existsSync(path);
    for (;;) {
      try {
        appendFileSync(path, '.');
        return isFirst;
      } catch (error) {
        // Another process may be removing the folder with its last use.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
        mkdirSync(folder, {recursive: true});
      }
    }
  }

  *list(): Generator<Use> {
    for (const name of readdirSync(this.#root)) {
      const folder = join(this.#root, name);
      const project = decodeURIComponent(name);
      // Another process may just have removed the folder with its last use.
      for (const hex of namesIn(folder)) {
        const key = `sha256:${hex}`;
        const stat = statSync(join(folder, hex), {throwIfNoEntry: false});
        if (!stat || !isDigest(key)) continue;
        yield {key, project, count: stat.size, lastUsedAt: stat.mtime};
      }
    }
  }

  remove(key: Digest, project: string): void {
    const folder = this.#folder(project);
    rmSync(join(folder, hexOf(key)), {force: true});
    try {
      rmdirSync(folder);
    } catch (error) {
      const {code} = error as NodeJS.ErrnoException;
      if (code !== 'ENOTEMPTY' && code !== 'ENOENT') throw error;
    }
  }

  #folder(project: string): string {
    return join(this.#root, folderName(project));
  }
}

/** A name too long for a folder is known by its digest from then on. */
function folderName(project: string): string {
  const name = encodeURIComponent(project).replaceAll('.', '%2E');
  return name.length <= 200 ? name : hexOf(digestOf(project));
}
