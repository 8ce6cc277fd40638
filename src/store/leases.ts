/**
 * What each process has found in the store and goes on using, so that others may remove the rest meanwhile.
 *
 *   locks/leases/<owner>   names, one a line; its owner holds it locked while it lives
 *   locks/removal          shared while somebody looks for a thing and writes down that it was found; exclusive while
 *                          somebody removes
 *
 * A name is written down in the same turn in which the thing is found: it is either there and held, or gone. The kernel
 * drops the lock of a process that is killed, and with it what it held.
 */
import {randomBytes} from 'node:crypto';
import {appendFileSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {acquireLock, type Lock, tryLock, underSharedLock} from '../linux/lock.js';
import type {StorePaths} from './store-paths.js';

export class Leases {
  readonly #folder: string;
  readonly #turn: string;
  #own: {readonly path: string; readonly lock: Lock} | undefined;

  constructor({leases, locks}: Pick<StorePaths, 'leases' | 'locks'>) {
    this.#folder = leases;
    this.#turn = join(locks, 'removal');
  }

  /** What `look` finds, or puts there, stays until this process closes the store. It must be over at once. */
  hold<Found>(name: string, look: () => Found | undefined): Found | undefined {
    return underSharedLock(this.#turn, () => {
      const found = look();
      if (found !== undefined) {
        this.#own ??= this.#claim();
        appendFileSync(this.#own.path, `${name}\n`);
      }
      return found;
    });
  }

  /**
   * Runs `remove` with the names that living processes hold, this one's among them; meanwhile nobody finds anything. It must
   * be over soon and return at once: others block.
   */
  async removing<Out>(
    remove: (held: ReadonlySet<string>) => Out,
    signal?: AbortSignal,
  ): Promise<Out> {
    using _alone = await acquireLock(this.#turn, 'exclusive', signal);
    return remove(this.held());
  }

  /** As of now; outside of `removing` it may be otherwise a moment later. */
  held(): ReadonlySet<string> {
    const held = new Set(this.heldByOthers());
    if (this.#own !== undefined) for (const name of linesOf(this.#own.path)) held.add(name);
    return held;
  }

  /** Without what only this process holds. */
  heldByOthers(): ReadonlySet<string> {
    const paths = readdirSync(this.#folder).map((owner) => join(this.#folder, owner));
    const others = paths.filter((path) => path !== this.#own?.path);
    return new Set(others.flatMap((path) => this.#read(path)));
  }

  close(): void {
    if (this.#own === undefined) return;
    rmSync(this.#own.path, {force: true});
    this.#own.lock[Symbol.dispose]();
    this.#own = undefined;
  }

  #claim(): {path: string; lock: Lock} {
    for (;;) {
      const path = join(this.#folder, `${process.pid}-${randomBytes(6).toString('hex')}`);
      const lock = tryLock(path, 'exclusive');
      // Before it was locked somebody who reads may have taken it for a dead one's.
      if (lock?.isOf(path)) return {path, lock};
      lock?.[Symbol.dispose]();
    }
  }

  /** Nothing where the owner is gone. */
  #read(path: string): readonly string[] {
    const lock = tryLock(path, 'exclusive');
    if (lock === undefined) return linesOf(path);
    rmSync(path, {force: true});
    lock[Symbol.dispose]();
    return [];
  }
}

const linesOf = (path: string): string[] => {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
  } catch (error) {
    // Its owner has just closed it.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
};
