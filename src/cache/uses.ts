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
  utimesSync,
} from 'node:fs';
import {join} from 'node:path';
import {type Digest, digestOf, hexOf, isDigest} from '../oci/digest.js';

export interface Use {
  readonly key: Digest;
  readonly project: string;
  readonly count: number;
  readonly lastUsedAt: Date;
}

export class Uses {
  readonly #root: string;
  readonly #made = new Set<string>();

  /** `root` exists. */
  constructor(root: string) {
    this.#root = root;
  }

  /** Whether it was the project's first use of the result. */
  add(key: Digest, project: string): boolean {
    const folder = this.#folder(project);
    if (!this.#made.has(project)) mkdirSync(folder, {recursive: true});
    this.#made.add(project);
    const path = join(folder, hexOf(key));
    const isFirst = !existsSync(path);
    appendFileSync(path, '.');
    return isFirst;
  }

  *list(): Generator<Use> {
    for (const project of this.projects()) {
      const folder = this.#folder(project);
      for (const name of readdirSync(folder)) {
        const key = `sha256:${name}`;
        const stat = statSync(join(folder, name), {throwIfNoEntry: false});
        if (!stat || !isDigest(key)) continue;
        yield {key, project, count: stat.size, lastUsedAt: stat.mtime};
      }
    }
  }

  projects(): readonly string[] {
    return readdirSync(this.#root).map(decodeURIComponent);
  }

  /** Without a project, of all. */
  remove(key: Digest, project?: string): void {
    for (const each of project === undefined ? this.projects() : [project]) {
      rmSync(join(this.#folder(each), hexOf(key)), {force: true});
    }
  }

  /** Forgets projects that use nothing. */
  prune(): void {
    for (const project of this.projects()) {
      try {
        rmdirSync(this.#folder(project));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
      }
    }
  }

  /** For tests and imports: the last use was then. */
  backdate(key: Digest, project: string, time: Date): void {
    utimesSync(join(this.#folder(project), hexOf(key)), time, time);
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
