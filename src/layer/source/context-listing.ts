/**
 * What of a directory is in a build's context and what is not, each with the pattern that decided: the same decisions as
 * source-walk.ts makes, without reading a file.
 */
import {readdirSync} from 'node:fs';
import {asPath, type ByteString, fromText, toText} from '../../archive/byte-string.js';
import {isDirectory} from '../overlay-form.js';
import {lstat} from '../target/lower-stack.js';
import type {IgnoreMatch, IgnorePatterns} from './ignore-patterns.js';

export interface ListedPath {
  /** From the directory; ends with a slash where it stands for a directory and all that is below. */
  readonly path: string;
  readonly kept: boolean;
  /** Index of the pattern that decided; absent where none matches. */
  readonly pattern?: number;
  /** Files, and their bytes, a path stands for. */
  readonly files: number;
  readonly bytes: number;
}

/** By path; directories that are out whole are one row, others are not told of unless they are empty. */
export function* listContext(root: string, ignore: IgnorePatterns): Generator<ListedPath> {
  yield* below({real: fromText(root), path: '', match: undefined}, ignore);
}

interface Level {
  readonly real: ByteString;
  readonly path: string;
  readonly match: IgnoreMatch | undefined;
}

function* below(directory: Level, ignore: IgnorePatterns): Generator<ListedPath> {
  for (const name of readdirSync(asPath(directory.real), 'latin1').sort()) {
    const real = `${directory.real}/${name}`;
    const stat = lstat(real);
    if (stat === undefined) continue;
    const path = `${directory.path}${toText(name)}`;
    const match = ignore.match(path, directory.match);
    if (!isDirectory(stat)) {
      yield {...decided(path, match), files: 1, bytes: stat.size};
      continue;
    }
    const isOut = match.ignored && !ignore.mayReinclude(path);
    const entries = isOut ? [] : [...below({real, path: `${path}/`, match}, ignore)];
    if (entries.length > 0) yield* entries;
    else yield {...decided(`${path}/`, match), ...weigh(real)};
  }
}

const decided = (
  path: string,
  {ignored, decidedBy}: IgnoreMatch,
): Pick<ListedPath, 'path' | 'kept' | 'pattern'> => ({
  path,
  kept: !ignored,
  ...(decidedBy === -1 ? {} : {pattern: decidedBy}),
});

function weigh(directory: ByteString): Pick<ListedPath, 'files' | 'bytes'> {
  let files = 0;
  let bytes = 0;
  const pending = [directory];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    for (const name of readdirSync(asPath(next), 'latin1')) {
      const path = `${next}/${name}`;
      const stat = lstat(path);
      if (stat === undefined) continue;
      if (isDirectory(stat)) {
        pending.push(path);
        continue;
      }
      files += 1;
      bytes += stat.size;
    }
  }
  return {files, bytes};
}
