/**
 * Which project used which result, when last, and how often.
 *
 *   uses/<project>/<hex of the key>   one byte a use; its mtime is the last
 *
 * A project is a name that a build gives, by default that of its context's directory. Results are shared between projects.
 */
import {appendFileSync, existsSync, mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {type Digest, digestOf, hexOf} from '../oci/digest.js';

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

  #folder(project: string): string {
    return join(this.#root, folderName(project));
  }
}

/** A name too long for a folder is known by its digest from then on. */
function folderName(project: string): string {
  const name = encodeURIComponent(project).replaceAll('.', '%2E');
  return name.length <= 200 ? name : hexOf(digestOf(project));
}
