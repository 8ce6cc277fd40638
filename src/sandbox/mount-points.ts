/**
 * Mount points that the foundation could not provide, because the image hides it: a whiteout, or a symlink to a path
 * that does not exist. They are made in the mounted root before a run and leave no trace after it.
 *
 * Trace   making a file copies its folder up into the writable layer. What was copied up for us alone, and is still
 *         as it was, is taken out again; what the process itself changed stays, with the time of its own change.
 */
import {
  closeSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  openSync,
  rmdirSync,
  type Stats,
  unlinkSync,
} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {resolveInsideRoot} from '../linux/inside-root.js';
import {MountPointError} from './errors.js';
import type {MountTarget} from './mount-target.js';

export interface MountedRoot {
  /** Where the stack is mounted. */
  readonly path: string;
  /** The directory that takes the writes. */
  readonly upper: string;
}

export interface MountPoints {
  /** How many had to be made. */
  readonly made: number;
  /** After the run, while the root is still mounted: removes what was made. */
  remove(): void;
  /** After the unmount: takes folders that were copied up for us out of the upper directory. */
  prune(): void;
}

/** A folder of the image in which something was made, as it was before. */
interface Parent {
  readonly path: string;
  readonly before: Stats;
  /** Folders the upper directory does not have yet, deepest first; each as it was in the root. */
  readonly newInUpper: readonly {readonly twin: string; readonly before: Stats}[];
}

interface Made {
  readonly path: string;
  readonly kind: MountTarget['kind'];
  readonly status: Stats;
}

/** Throws MountPointError when a target cannot be made: a file is in the way, or a link leads in circles. */
export function makeMountPoints(root: MountedRoot, targets: readonly MountTarget[]): MountPoints {
  const made: Made[] = [];
  const parents: Parent[] = [];
  for (const target of targets) {
    try {
      makeOne(root, target, {made, parents});
    } catch (cause) {
      if (cause instanceof MountPointError) throw cause;
      throw new MountPointError(target.path, 'it cannot be made in the image', cause);
    }
  }
  for (const {path, before} of parents) restoreTimes(path, before);
  return {
    made: made.length,
    remove: () => remove(made, parents),
    prune: () => prune(root.upper, parents),
  };
}

function makeOne(
  root: MountedRoot,
  target: MountTarget,
  {made, parents}: {made: Made[]; parents: Parent[]},
): void {
  const place = resolveInsideRoot(root.path, target.path);
  const missing = missingPaths(root.path, place);
  const [first] = missing;
  if (first === undefined) return;
  const parent = dirname(first);
  if (!made.some(({path}) => path === parent) && !parents.some(({path}) => path === parent)) {
    parents.push({
      path: parent,
      before: lstatSync(parent),
      newInUpper: notInUpper(root, parent),
    });
  }
  for (const path of missing) {
    const kind = path === place ? target.kind : 'directory';
    if (kind === 'directory') mkdirSync(path, 0o755);
    else closeSync(openSync(path, 'wx', 0o644));
    made.push({path, kind, status: lstatSync(path)});
  }
}

/** From the outermost on. */
function missingPaths(root: string, place: string): string[] {
  const missing: string[] = [];
  for (let path = place; path !== root && !exists(path); path = dirname(path)) missing.push(path);
  return missing.reverse();
}

function notInUpper({path: root, upper}: MountedRoot, folder: string): Parent['newInUpper'] {
  const absent: {twin: string; before: Stats}[] = [];
  for (let path = folder; path !== root; path = dirname(path)) {
    const twin = join(upper, relative(root, path));
    if (exists(twin)) break;
    absent.push({twin, before: lstatSync(path)});
  }
  return absent;
}

/**
 * What the process replaced or filled is its own now, and stays. It may have put a symbolic link on the way there, too: what is
 * found behind it is another file.
 */
function remove(made: readonly Made[], parents: readonly Parent[]): void {
  const times = parents.map(({path}) => statOf(path));
  for (const {path, kind, status} of made.toReversed()) {
    if (!isSame(statOf(path), status)) continue;
    try {
      if (kind === 'directory') rmdirSync(path);
      else unlinkSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error;
    }
  }
  for (const [index, {path}] of parents.entries()) {
    const now = times[index];
    if (now !== undefined) restoreTimes(path, now);
  }
}

function prune(upper: string, parents: readonly Parent[]): void {
  for (const {newInUpper} of parents) {
    for (const {twin, before} of newInUpper) {
      // The process may have put a symbolic link on the way.
      const place = resolveInsideRoot(upper, relative(upper, twin), {followLast: false});
      const now = place === twin ? statOf(twin) : undefined;
      if (now === undefined || !isUnchanged(now, before)) break;
      try {
        rmdirSync(twin);
      } catch {
        // Not empty: the process wrote there.
        break;
      }
    }
  }
}

/** Times as layers keep them, in whole seconds. */
const isUnchanged = (now: Stats, before: Stats): boolean =>
  now.mode === before.mode &&
  now.uid === before.uid &&
  now.gid === before.gid &&
  Math.floor(now.mtimeMs / 1000) === Math.floor(before.mtimeMs / 1000);

const isSame = (now: Stats | undefined, before: Stats): boolean =>
  now?.ino === before.ino && now.dev === before.dev;

const restoreTimes = (path: string, {atime, mtime}: Stats): void => {
  lutimesSync(path, atime, mtime);
};

function statOf(path: string): Stats | undefined {
  return lstatSync(path, {throwIfNoEntry: false});
}

const exists = (path: string): boolean => statOf(path) !== undefined;
