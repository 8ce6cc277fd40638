/**
 * Looks names up in a stack of layer directories as overlayfs would, without a mount.
 *
 * A merged directory is the list of the real directories that make it, topmost first.
 */
import {lstatSync, type Stats} from 'node:fs';
import {asPath, type ByteString} from '../../archive/byte-string.js';
import {isDirectory, isOpaque, isWhiteout} from '../overlay-form.js';

export interface Found {
  /** The topmost real path. */
  readonly path: ByteString;
  readonly stat: Stats;
  /** Of a directory: what it is merged from, topmost first; empty otherwise. */
  readonly directories: readonly ByteString[];
}

export const lstat = (path: ByteString): Stats | undefined =>
  lstatSync(asPath(path), {throwIfNoEntry: false});

/** Undefined when no layer has the name, or the topmost that speaks of it deletes it. */
export function lookUp(merged: readonly ByteString[], name: ByteString): Found | undefined {
  const directories: ByteString[] = [];
  let top: {path: ByteString; stat: Stats} | undefined;
  for (const [index, directory] of merged.entries()) {
    const path = `${directory}/${name}`;
    const stat = lstat(path);
    if (stat === undefined) continue;
    if (isWhiteout(stat)) break;
    if (!isDirectory(stat)) {
      top ??= {path, stat};
      break;
    }
    top ??= {path, stat};
    directories.push(path);
    if (index + 1 < merged.length && isOpaque(path)) break;
  }
  return top === undefined ? undefined : {...top, directories};
}
