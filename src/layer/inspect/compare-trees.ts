import type {ByteString} from '../../archive/byte-string.js';
import {type Compared, changeOf, type FileChange} from './file-change.js';
import type {FileNode} from './file-node.js';

/** Two files or directories of the same place, with all below; what both share as one node is passed over. */
export interface Pair {
  readonly before: FileNode | undefined;
  readonly after: FileNode | undefined;
}

/** A deleted directory is one change; of an added one each file is. */
export function* compareTrees(
  path: ByteString,
  pair: Pair,
  compared: Compared,
): Generator<FileChange> {
  const {before, after} = pair;
  if (before === after) return;
  const change = path === '' ? undefined : changeOf(path, pair, compared);
  if (change !== undefined) yield change;
  if (after?.children === undefined) return;
  const names = new Set([...(before?.children?.keys() ?? []), ...after.children.keys()]);
  for (const name of names) {
    const below = {before: before?.children?.get(name), after: after.children.get(name)};
    yield* compareTrees(path === '' ? name : `${path}/${name}`, below, compared);
  }
}

/** A directory comes before what is in it, and that before the directory's next sibling. */
export function byPath({path: left}: FileChange, {path: right}: FileChange): number {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at++;
  return rank(left, at) - rank(right, at);
}

function rank(path: string, at: number): number {
  if (at >= path.length) return -1;
  return path[at] === '/' ? 0 : path.charCodeAt(at);
}
