import {realpathSync} from 'node:fs';
import {basename, dirname, isAbsolute, join, relative, resolve} from 'node:path';
import {InvalidOptionError} from '../errors.js';

/**
 * `type=local,mode=delete` removes what the result does not have: a mistyped dest must not cost somebody's files.
 *
 * Only directories below the working directory are taken, their symlinks resolved. Throws InvalidOptionError.
 */
export function refuseWideDeletion(directory: string): void {
  const below = relative(realpathSync('.'), realPlace(resolve(directory)));
  if (below !== '' && !below.startsWith('..') && !isAbsolute(below)) return;
  throw new InvalidOptionError(
    '--output',
    `mode=delete wants a directory below the working directory, got ${JSON.stringify(directory)}`,
  );
}

/** Symlinks resolved, as far as there is something. */
function realPlace(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return join(realPlace(dirname(path)), basename(path));
  }
}
