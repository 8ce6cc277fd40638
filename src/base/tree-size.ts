import {lstatSync} from 'node:fs';
import {join} from 'node:path';
import {namesIn} from './names-in.js';

/** Bytes that the files below take on the disk, hard links counted once; what vanishes meanwhile, or cannot be read, counts nothing. */
export function treeSize(root: string): number {
  const linked = new Set<number>();
  const pending = [root];
  let bytes = 0;
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    const stat = lstatSync(path, {throwIfNoEntry: false});
    if (stat === undefined || (stat.nlink > 1 && linked.has(stat.ino))) continue;
    if (stat.nlink > 1 && !stat.isDirectory()) linked.add(stat.ino);
    bytes += stat.blocks * 512;
    if (stat.isDirectory()) for (const name of namesIn(path)) pending.push(join(path, name));
  }
  return bytes;
}
