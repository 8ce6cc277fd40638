/**
 * A file that appears whole or not at all: written beside its place, fsynced, renamed.
 *
 * Takes   a path whose folder exists; bytes or text; permission bits (default 0644).
 * After   return, a reader sees the new content also after a power cut: file and folder are synced.
 */
import {randomBytes} from 'node:crypto';
import {closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';

export function writeFileAtomic(path: string, data: string | Uint8Array, mode = 0o644): void {
  replaceFile({path, draft: `${path}.${randomBytes(6).toString('hex')}.draft`, mode}, data);
}

/** The same with a draft of the caller's choice on the same file system: where what a crash leaves is swept. */
export function replaceFile(
  {path, draft, mode = 0o644}: {path: string; draft: string; mode?: number},
  data: string | Uint8Array,
): void {
  try {
    const file = openSync(draft, 'wx', mode);
    try {
      writeFileSync(file, data);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, {force: true});
    throw error;
  }
  syncFolder(dirname(path));
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
