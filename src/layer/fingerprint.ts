/**
 * What tells whether anything below a directory was written to, without reading it.
 *
 *   exact   of each file its name, mode, size, and the times of its last write and change; ctime nobody can set
 *   loose   the same without ctime, which new hard links move, and a copy of the whole store
 *   newest  the latest ctime, the directory's own included
 *
 * A deletion counts by its name alone: the kernel lets many of them be one file, whose ctime moves with each that goes.
 */
import {createHash} from 'node:crypto';
import {lstatSync, readdirSync, type Stats} from 'node:fs';
import {asPath, type ByteString, fromText} from '../archive/byte-string.js';
import {isDirectory, isWhiteout} from './overlay-form.js';
import {lstat} from './target/lower-stack.js';

export interface Fingerprint {
  /** sha256, hexadecimal. */
  readonly exact: string;
  readonly loose: string;
  /** Milliseconds. */
  readonly newest: number;
}

export function fingerprint(directory: string): Fingerprint {
  const exact = createHash('sha256');
  const loose = createHash('sha256');
  const pending: ByteString[] = [fromText(directory)];
  let newest = lstatSync(directory).ctimeMs;
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    let changes = '';
    let facts = '';
    for (const name of readdirSync(asPath(path), 'latin1').sort()) {
      const stat = lstat(`${path}/${name}`);
      if (stat === undefined) continue;
      facts += `${name}\0${factsOf(stat)}\n`;
      if (!isWhiteout(stat)) {
        changes += `${stat.ctimeMs} `;
        newest = Math.max(newest, stat.ctimeMs);
      }
      if (isDirectory(stat)) pending.push(`${path}/${name}`);
    }
    exact.update(`${facts}${changes}\0`, 'latin1');
    loose.update(`${facts}\0`, 'latin1');
  }
  return {exact: exact.digest('hex'), loose: loose.digest('hex'), newest};
}

/** A directory's own size is its file system's affair. */
function factsOf(stat: Stats): string {
  if (isWhiteout(stat)) return 'deleted';
  return `${stat.mode} ${isDirectory(stat) ? '' : stat.size} ${stat.mtimeMs}`;
}
