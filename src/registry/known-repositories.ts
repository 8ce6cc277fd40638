/**
 * `cache/sources/<hex>`: the repositories that a blob was pulled from or pushed to, latest first.
 *
 * Hints: a push takes over what a repository beside its own has, and a layer that is not here is fetched from where it came. Neither
 * synced nor trusted; the registry has the last word.
 */
import {mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {namesIn} from '../base/names-in.js';
import {type Digest, hexOf} from '../oci/digest.js';

const MOST = 8;

export class KnownRepositories {
  readonly #folder: string;

  /** `cache` is the store's folder of what can be found out again. */
  constructor(cache: string) {
    this.#folder = join(cache, 'sources');
  }

  /** `10.24.2.30:5000/team/app`, with the host. */
  of(digest: Digest): readonly string[] {
    try {
      return readFileSync(this.#path(digest), 'utf8').split('\n').filter(Boolean).slice(0, MOST);
    } catch {
      return [];
    }
  }

  add(digest: Digest, repository: string): void {
    const before = this.of(digest);
    if (before[0] === repository) return;
    const after = [repository, ...before.filter((each) => each !== repository)].slice(0, MOST);
    mkdirSync(this.#folder, {recursive: true});
    writeFileSync(this.#path(digest), `${after.join('\n')}\n`);
  }

  /** Forgets blobs that no image needs any more. */
  sweep(needed: ReadonlySet<Digest>): void {
    for (const name of namesIn(this.#folder)) {
      if (!needed.has(`sha256:${name}`)) rmSync(join(this.#folder, name), {force: true});
    }
  }

  #path(digest: Digest): string {
    return join(this.#folder, hexOf(digest));
  }
}
