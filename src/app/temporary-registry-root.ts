/** A directory for a registry that is gone with its process; what killed processes left is removed by the next. */
import {existsSync, lstatSync, mkdtempSync, readdirSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {removeTree} from '../base/remove-tree.js';
import {tryLock} from '../linux/lock.js';
import {registryPaths} from '../server/storage/registry-paths.js';

const PREFIX = 'tsbuild-registry-';

export function temporaryRegistryRoot(): AsyncDisposable & {readonly path: string} {
  for (const name of readdirSync(tmpdir())) {
    if (name.startsWith(PREFIX)) removeAbandoned(join(tmpdir(), name));
  }
  const path = mkdtempSync(join(tmpdir(), PREFIX));
  return {path, [Symbol.asyncDispose]: async () => removeTree(path)};
}

function removeAbandoned(path: string): void {
  const lock = registryPaths(path).lock;
  if (lstatSync(path, {throwIfNoEntry: false})?.uid !== process.getuid?.()) return;
  // Without a lock it is still being made.
  if (!existsSync(lock)) return;
  using held = tryLock(lock, 'exclusive');
  if (held !== undefined) removeTree(path);
}
