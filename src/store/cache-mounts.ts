/**
 * Directories of RUN --mount=type=cache: on this machine alone, in no image, there until they are removed.
 *
 *   mounts/<name>/record.json       the id a Dockerfile gives, and when it was made
 *   mounts/<name>/making            locked while a directory of it is made
 *   mounts/<name>/<n>/lock          exclusive for `locked` and `private`, shared for `shared`
 *   mounts/<name>/<n>/holder.json   who took the lock last, for those who wait
 *   mounts/<name>/<n>/fs            what a step sees
 *
 * `shared` and `locked` use number 0 and wait for each other; `private` takes the first that nobody uses. Whoever removes
 * one holds its lock exclusively. What vanished otherwise is made again.
 */
import {existsSync, mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {timestamp} from '../base/clock.js';
import type {Ingest} from '../content/ingest.js';
import {acquireLock, type Lock, type LockKind, tryLock} from '../linux/lock.js';
import {digestOf, hexOf} from '../oci/digest.js';

/** Milliseconds between a lock and its holder's name, generously. */
const SETTLED = 50;

export interface CacheMountRequest {
  /** Namespace and id. */
  readonly id: string;
  /** What else makes it another directory: its first content, its owner. */
  readonly variant: string;
  readonly sharing: 'shared' | 'private' | 'locked';
  /** The step that uses it, for those who wait. */
  readonly user: string;
}

/** Who is waited for. */
export interface CacheMountHolder {
  readonly process: number;
  readonly user: string;
  /** RFC 3339. */
  readonly since: string;
}

export interface CacheMountEvents {
  readonly signal: AbortSignal;
  /** Called once, when somebody else has it; undefined when nobody knows who. */
  readonly onWait: (holder: CacheMountHolder | undefined) => void;
  /** Makes the first content of a directory that is not there yet: called with a path where nothing is. */
  readonly make: (path: string) => Promise<void>;
}

export interface CacheMountInUse extends Disposable {
  readonly path: string;
}

export class CacheMounts {
  readonly #root: string;
  readonly #ingest: Ingest;

  /** `root` and the ingest are on one file system. */
  constructor(root: string, ingest: Ingest) {
    this.#root = root;
    this.#ingest = ingest;
  }

  /** Waits where the sharing says so. Rejects with the reason of an abort. */
  async acquire(request: CacheMountRequest, events: CacheMountEvents): Promise<CacheMountInUse> {
    const folder = join(this.#root, cacheMountName(request));
    const {directory, lock} =
      request.sharing === 'private'
        ? lockFirstFree(folder)
        : await lockNumberZero(folder, request, events);
    try {
      const path = join(directory, 'fs');
      writeFileSync(join(directory, 'holder.json'), JSON.stringify(holderOf(request)));
      await this.#ensure(folder, {path, request, events});
      return {path, [Symbol.dispose]: () => lock[Symbol.dispose]()};
    } catch (error) {
      lock[Symbol.dispose]();
      throw error;
    }
  }

  async #ensure(
    folder: string,
    {path, request, events}: {path: string; request: CacheMountRequest; events: CacheMountEvents},
  ): Promise<void> {
    using _turn = await acquireLock(join(folder, 'making'), 'exclusive', events.signal);
    if (existsSync(path)) return;
    const draft = this.#ingest.draft();
    await events.make(draft);
    const {id, variant} = request;
    const record = {id, variant, createdAt: timestamp()};
    writeFileSync(join(folder, 'record.json'), JSON.stringify(record));
    renameSync(draft, path);
  }
}

/** Of its folder, 16 digits: the id is anybody's text. Equal names are one directory. */
export const cacheMountName = ({id, variant}: Pick<CacheMountRequest, 'id' | 'variant'>): string =>
  hexOf(digestOf(`${id}\0${variant}`)).slice(0, 16);

const holderOf = ({user}: CacheMountRequest): CacheMountHolder => ({
  process: process.pid,
  user,
  since: timestamp(),
});

interface LockedDirectory {
  readonly directory: string;
  readonly lock: Lock;
}

function lockFirstFree(folder: string): LockedDirectory {
  for (let number = 0; ; number++) {
    const directory = join(folder, String(number));
    const lock = tryLockIn(directory, 'exclusive');
    if (lock !== undefined) return {directory, lock};
  }
}

async function lockNumberZero(
  folder: string,
  {sharing}: CacheMountRequest,
  {signal, onWait}: CacheMountEvents,
): Promise<LockedDirectory> {
  const directory = join(folder, '0');
  const kind = sharing === 'shared' ? 'shared' : 'exclusive';
  const free = tryLockIn(directory, kind) ?? (await tryAgain(directory, kind));
  if (free !== undefined) return {directory, lock: free};
  onWait(readHolder(directory));
  for (;;) {
    mkdirSync(directory, {recursive: true});
    const path = join(directory, 'lock');
    const lock = await acquireLock(path, kind, signal);
    if (lock.isOf(path)) return {directory, lock};
    lock[Symbol.dispose]();
  }
}

/** Who has just taken it is about to write down who they are. */
async function tryAgain(directory: string, kind: LockKind): Promise<Lock | undefined> {
  await sleep(SETTLED);
  return tryLockIn(directory, kind);
}

/** `directory` is `mounts/<name>/<n>`, and is made. Undefined when another holds it. */
export function tryLockIn(directory: string, kind: LockKind): Lock | undefined {
  for (;;) {
    mkdirSync(directory, {recursive: true});
    const path = join(directory, 'lock');
    const lock = tryLock(path, kind);
    if (lock === undefined || lock.isOf(path)) return lock;
    lock[Symbol.dispose]();
  }
}

/** Undefined for what is not there, or torn. */
function readHolder(directory: string): CacheMountHolder | undefined {
  try {
    return JSON.parse(readFileSync(join(directory, 'holder.json'), 'utf8')) as CacheMountHolder;
  } catch {
    return undefined;
  }
}
