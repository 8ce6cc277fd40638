/**
 * Locks between processes, and between owners in one process: flock(2) on a file, which the kernel drops with its
 * last descriptor. Waiting never blocks the thread.
 */
import {closeSync, constants as fs, fstatSync, openSync, statSync} from 'node:fs';
import {constants} from 'node:os';
import {setTimeout as sleep} from 'node:timers/promises';
import {SystemCallError} from './errors.js';
import {lastErrno, libcFunction} from './libc.js';

export type LockKind = 'shared' | 'exclusive';

/** Dispose to let go. */
export interface Lock extends Disposable {
  /** Whether the path still names the file that is locked: it may have been removed and made again meanwhile. */
  isOf(path: string): boolean;
}

const {EAGAIN, EINTR} = constants.errno;
const operations: Readonly<Record<LockKind, number>> = {shared: 1, exclusive: 2};
const NON_BLOCKING = 4;
const FIRST_DELAY = 1;
const LONGEST_DELAY = 50;

const flock = libcFunction('int flock(int fd, int operation)');

/** False when another holds it. */
function lockDescriptor(fd: number, kind: LockKind): boolean {
  for (;;) {
    if (flock(fd, operations[kind] | NON_BLOCKING) === 0) return true;
    const errno = lastErrno();
    if (errno === EAGAIN) return false;
    if (errno !== EINTR)
      throw new SystemCallError({syscall: 'flock', arguments: [fd, kind], errno});
  }
}

/**
 * Runs `act`, which is over at once, while no other process is in an exclusive turn. Blocks the thread until then, so that is
 * for locks which are held exclusively for moments only.
 */
export function underSharedLock<Out>(path: string, act: () => Out): Out {
  const fd = openSync(path, fs.O_RDWR | fs.O_CREAT, 0o644);
  try {
    while (flock(fd, operations.shared) !== 0) {
      const errno = lastErrno();
      if (errno === EINTR) continue;
      throw new SystemCallError({syscall: 'flock', arguments: [fd, 'shared'], errno});
    }
    return act();
  } finally {
    closeSync(fd);
  }
}

/** Makes the file when it is missing, not its folder. Undefined when another holds it. */
export function tryLock(path: string, kind: LockKind): Lock | undefined {
  const fd = openSync(path, fs.O_RDWR | fs.O_CREAT, 0o644);
  let held = false;
  try {
    held = lockDescriptor(fd, kind);
  } finally {
    if (!held) closeSync(fd);
  }
  return held ? release(fd) : undefined;
}

/** Whether somebody holds it at this moment; nobody does where its folder is gone. Makes the file as `tryLock` does. */
export function isHeld(path: string): boolean {
  try {
    using lock = tryLock(path, 'exclusive');
    return lock === undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Waits, asking again after 1 ms, 2 ms … 50 ms. Rejects with the signal's reason when it is aborted. */
export async function acquireLock(
  path: string,
  kind: LockKind,
  signal?: AbortSignal,
): Promise<Lock> {
  const fd = openSync(path, fs.O_RDWR | fs.O_CREAT, 0o644);
  try {
    for (let delay = FIRST_DELAY; !lockDescriptor(fd, kind); ) {
      await sleep(delay, undefined, signal === undefined ? {} : {signal});
      delay = Math.min(delay * 2, LONGEST_DELAY);
    }
  } catch (error) {
    closeSync(fd);
    throw signal?.aborted ? signal.reason : error;
  }
  return release(fd);
}

function release(fd: number): Lock {
  let open = true;
  return {
    isOf(path) {
      const named = statSync(path, {throwIfNoEntry: false});
      const locked = fstatSync(fd);
      return named?.ino === locked.ino && named.dev === locked.dev;
    },
    [Symbol.dispose]() {
      if (open) closeSync(fd);
      open = false;
    },
  };
}
