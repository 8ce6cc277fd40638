/** A directory for a registry that is gone with its process; what killed processes left is removed by the next. */
import {existsSync, lstatSync, mkdtempSync, readdirSync, renameSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {removeTree} from '../base/remove-tree.js';
import {tryLock} from '../linux/lock.js';
import {registryPaths} from '../server/storage/registry-paths.js';

const PREFIX = 'tsbuild-registry-';

export function temporaryRegistryRoot(): AsyncDisposable & {readonly path: string} {
  for (const name of readdirSync(tmpdir())) {
    if (name.startsWith(PREFIX)) unlessGone(() => removeAbandoned(join(tmpdir(), name)));
  }
  const path = mkdtempSync(join(tmpdir(), PREFIX));
  return {path, [Symbol.asyncDispose]: async () => unlessGone(() => remove(path))};
}

function removeAbandoned(path: string): void {
  const lock = registryPaths(path).lock;
  if (lstatSync(path, {throwIfNoEntry: false})?.uid !== process.getuid?.()) return;
  // Without a lock it is still being made.
  if (!existsSync(lock)) return;
  using held = tryLock(lock, 'exclusive');
  if (held !== undefined) remove(path);
}

/** A registry that closes looks abandoned to one that starts: whoever takes the directory aside removes it. */
function remove(path: string): void {
  const aside = join(tmpdir(), `tsbuild-removed-${basename(path)}`);
  renameSync(path, aside);
  removeTree(aside);
}

function unlessGone(action: () => void): void {
  try {
    action();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
