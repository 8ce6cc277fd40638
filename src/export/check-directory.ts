import {accessSync, constants, type Stats, statSync} from 'node:fs';
import {dirname, resolve} from 'node:path';
import {reasonOf} from './archive/write-archive.js';
import {OutputPlaceError} from './errors.js';

/** Throws OutputPlaceError where a directory that need not be there yet could not be made or written. */
export function checkDirectory(path: string): void {
  try {
    const {at, stat} = nearest(resolve(path));
    if (!stat.isDirectory()) {
      throw new OutputPlaceError(path, `want a directory, got the file ${at}`);
    }
    accessSync(at, constants.W_OK | constants.X_OK);
  } catch (cause) {
    if (cause instanceof OutputPlaceError) throw cause;
    throw new OutputPlaceError(path, reasonOf(cause), {cause});
  }
}

/** The path, or what is there of those above it. */
function nearest(path: string): {readonly at: string; readonly stat: Stats} {
  for (let at = path; ; at = dirname(at)) {
    const stat = lookAt(at);
    if (stat !== undefined) return {at, stat};
  }
}

function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, {throwIfNoEntry: false});
  } catch (error) {
    // A file among its parents: one of them is what is there.
    if ((error as {code?: unknown}).code === 'ENOTDIR') return undefined;
    throw error;
  }
}
