/**
 * A file that appears whole or not at all: written beside its place, fsynced, renamed.
 *
 * Takes   a path whose folder exists; bytes or text; permission bits (default 0644), and an owner if it is another's.
 * After   return, a reader sees the new content also after a power cut: file and folder are synced.
 */
import {randomBytes} from 'node:crypto';
import {
  closeSync,
  fchownSync,
  fsync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {dirname} from 'node:path';
import {promisify} from 'node:util';

const sync = promisify(fsync);

export function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  options: Pick<Replacement, 'mode' | 'owner'> = {},
): void {
  replaceFile({path, draft: `${path}.${randomBytes(6).toString('hex')}.draft`, ...options}, data);
}

interface Replacement {
  readonly path: string;
  /** On the same file system, where what a crash leaves is swept. */
  readonly draft: string;
  readonly mode?: number;
  /** Where this process may give files away; else, and by default, its own. */
  readonly owner?: {readonly uid: number; readonly gid: number};
  /** False for what a power cut may tear or take: nothing is synced. */
  readonly durable?: boolean;
}

/** The same with a draft of the caller's choice. */
export function replaceFile(
  {path, draft, mode = 0o644, owner, durable = true}: Replacement,
  data: string | Uint8Array,
): void {
  try {
    const file = openSync(draft, 'wx', mode);
    try {
      if (owner !== undefined) give(file, owner);
      writeFileSync(file, data);
      if (durable) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, {force: true});
    throw error;
  }
  if (durable) syncFolder(dirname(path));
}

function give(file: number, {uid, gid}: NonNullable<Replacement['owner']>): void {
  try {
    fchownSync(file, uid, gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}

/** Several at once, synced side by side, which takes little longer than one alone. */
export async function replaceFiles(
  files: readonly {path: string; draft: string; data: Uint8Array}[],
): Promise<void> {
  try {
    await Promise.all(files.map(({draft, data}) => writeSynced(draft, data)));
    for (const {path, draft} of files) renameSync(draft, path);
  } catch (error) {
    for (const {draft} of files) rmSync(draft, {force: true});
    throw error;
  }
  for (const folder of new Set(files.map(({path}) => dirname(path)))) syncFolder(folder);
}

async function writeSynced(path: string, data: Uint8Array): Promise<void> {
  const file = openSync(path, 'wx', 0o644);
  try {
    writeFileSync(file, data);
    await sync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes the names in a folder durable. */
export function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
