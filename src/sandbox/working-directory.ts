import {chmodSync, chownSync, lstatSync, mkdirSync} from 'node:fs';
import {dirname} from 'node:path';
import {resolveInsideRoot} from '../linux/inside-root.js';
import type {Account} from './accounts.js';
import {MountPointError} from './errors.js';

/**
 * Makes the directory a process begins in, where the image lacks it, with the account as owner: as docker does when it
 * creates a container and BuildKit when it runs a step. Unlike a mount point it stays.
 *
 * Takes   a mounted, writable root; an absolute path of it.
 * Throws  MountPointError when something else is in the way.
 */
export function makeWorkingDirectory(
  rootfs: string,
  path: string,
  {uid, gid}: Pick<Account, 'uid' | 'gid'>,
): void {
  try {
    for (const folder of missingFolders(resolveInsideRoot(rootfs, path))) {
      mkdirSync(folder);
      chmodSync(folder, 0o755);
      chownSync(folder, uid, gid);
    }
  } catch (cause) {
    throw new MountPointError(path, 'the working directory cannot be made', cause);
  }
}

/** From the outermost on. */
function missingFolders(place: string): string[] {
  const missing: string[] = [];
  for (
    let folder = place;
    lstatSync(folder, {throwIfNoEntry: false}) === undefined;
    folder = dirname(folder)
  ) {
    missing.unshift(folder);
  }
  return missing;
}
