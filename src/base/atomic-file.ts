/**
 * A file that appears whole or not at all: written beside its place, fsynced, renamed.
 *
 * Takes   a path whose folder exists; bytes or text; permission bits (default 0644).
 * After   return, a reader sees the new content also after a power cut: file and folder are synced.
 */
import {randomBytes} from 'node:crypto';
import {closeSync, fsync, fsyncSync, openSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {promisify} from 'node:util';

const sync = promisify(fsync);

export function writeFileAtomic(path: string, data: string | Uint8Array, mode = 0o644): void {
  replaceFile({path, draft: `${path}.${randomBytes(6).toString('hex')}.draft`, mode}, data);
}

interface Replacement {
  readonly path: string;
  /** On the same file system, where what a crash leaves is swept. */
  readonly draft: string;
  readonly mode?: number;
  /** False for what a power cut may tear or take: nothing is synced. */
  readonly durable?: boolean;
}

/** The same with a draft of the caller's choice. */
export function replaceFile(
  {path, draft, mode = 0o644, durable = true}: Replacement,
  data: string | Uint8Array,
): void {
  try {
    const file = openSync(draft, 'wx', mode);
    try {
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
