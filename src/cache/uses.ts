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
import {type Digest, digestOf, hexOf} from '../oci/digest.js';
import type {EntryUse} from './entries/cache-entry.js';

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

  /** Of one result, the last user first. */
  of(key: Digest): readonly EntryUse[] {
    return readdirSync(this.#root)
      .flatMap((name) => this.#read(name, hexOf(key)) ?? [])
      .sort(lastFirst);
  }

  /** Of all results that have any. */
  byKey(): ReadonlyMap<string, readonly EntryUse[]> {
    const uses = new Map<string, EntryUse[]>();
    for (const name of readdirSync(this.#root)) {
      // Another process may just have removed the folder with its last use.
      for (const hex of namesIn(join(this.#root, name))) {
        const use = this.#read(name, hex);
        const key = `sha256:${hex}`;
        if (use !== undefined) uses.set(key, [...(uses.get(key) ?? []), use]);
      }
    }
    for (const each of uses.values()) each.sort(lastFirst);
    return uses;
  }

  #read(name: string, hex: string): EntryUse | undefined {
    const stat = statSync(join(this.#root, name, hex), {throwIfNoEntry: false});
    if (stat === undefined) return undefined;
    const {size: count, mtime} = stat;
    return {project: decodeURIComponent(name), count, lastUsedAt: mtime.toISOString()};
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

const lastFirst = (left: EntryUse, right: EntryUse): number =>
  left.lastUsedAt < right.lastUsedAt ? 1 : -1;

/** A name too long for a folder is known by its digest from then on. */
function folderName(project: string): string {
  const name = encodeURIComponent(project).replaceAll('.', '%2E');
  return name.length <= 200 ? name : hexOf(digestOf(project));
}
