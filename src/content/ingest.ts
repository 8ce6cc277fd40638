/**
 * Where content is written before it is renamed into place: `ingest/<owner>/<draft>`.
 *
 * Each process that writes has a folder of its own there and holds a lock in it, which the kernel drops with the process. A
 * folder whose lock is free was left behind and is swept; one that is alive never is, whatever its age.
 */
import {randomBytes} from 'node:crypto';
import {existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync} from 'node:fs';
import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {removeTree} from '../base/remove-tree.js';
import {tryLock} from '../linux/lock.js';

const LOCK = 'lock';

export class Ingest {
  readonly #root: string;
  readonly #retired = new Set<Promise<void>>();
  #own: {readonly path: string; readonly lock: Disposable} | undefined;

  /** `root` exists. Nothing is made before the first draft. */
  constructor(root: string) {
    this.#root = root;
  }

  /** A path of its own, where nothing is yet; on the file system that it will be renamed within. */
  draft(): string {
    this.#own ??= this.#claim();
    return join(this.#own.path, randomBytes(8).toString('hex'));
  }

  /** Removes what dead processes left. What this process may not remove waits for one that may. */
  sweep(): void {
    for (const name of readdirSync(this.#root)) {
      const path = join(this.#root, name);
      if (path === this.#own?.path) continue;
      tolerant(() => sweepOne(path));
    }
  }

  /**
   * Takes away what is at a path of this file system: for others at once, its files while other work goes on. False when
   * nothing is there.
   */
  moveAway(path: string): boolean {
    const draft = this.draft();
    try {
      renameSync(path, draft);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
    this.retire(draft);
    return true;
  }

  /** Removes a draft while other work goes on. */
  retire(draft: string): void {
    // What cannot be removed this way goes with the whole folder.
    const removal = rm(draft, {recursive: true, force: true}).catch(() => undefined);
    this.#retired.add(removal);
    void removal.then(() => this.#retired.delete(removal));
  }

  async close(): Promise<void> {
    await Promise.all(this.#retired);
    if (this.#own === undefined) return;
    const {path, lock} = this.#own;
    this.#own = undefined;
    tolerant(() => removeTree(path));
    lock[Symbol.dispose]();
  }

  #claim(): {path: string; lock: Disposable} {
    for (;;) {
      const path = join(this.#root, `${process.pid}-${randomBytes(6).toString('hex')}`);
      mkdirSync(path, {mode: 0o700});
      const lock = lockIn(path);
      // Between mkdir and lock a sweeper may have taken the folder for an abandoned one.
      if (lock !== undefined && existsSync(join(path, LOCK))) return {path, lock};
      lock?.[Symbol.dispose]();
    }
  }
}

function sweepOne(path: string): void {
  if (!lstatSync(path).isDirectory()) {
    rmSync(path);
    return;
  }
  const lock = lockIn(path);
  if (lock === undefined && existsSync(join(path, LOCK))) return;
  try {
    removeTree(path);
  } finally {
    lock?.[Symbol.dispose]();
  }
}

/** Undefined when another process holds it, or when there is no such folder. */
function lockIn(path: string): Disposable | undefined {
  try {
    return tryLock(join(path, LOCK), 'exclusive');
  } catch (error) {
    if (isAbsence(error)) return undefined;
    throw error;
  }
}

const codeOf = (error: unknown): unknown => (error as {code?: unknown} | null)?.code;
const isAbsence = (error: unknown): boolean =>
  codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR';

/** Another process may sweep the same, and some things only root may remove: whoever can does it later. */
function tolerant(act: () => void): void {
  try {
    act();
  } catch (error) {
    const expected = ['EACCES', 'EPERM', 'ENOENT', 'ENOTEMPTY', 'EBUSY'];
    if (!expected.includes(String(codeOf(error)))) throw error;
  }
}
