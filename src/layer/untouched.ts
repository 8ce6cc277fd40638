/** Whether anything at or below a directory was written to, made, linked, renamed or deleted since: its ctime tells, which nobody can set. */
import {readdirSync} from 'node:fs';
import {asPath, type ByteString, fromText} from '../archive/byte-string.js';
import {isDirectory, isWhiteout} from './overlay-form.js';
import {lstat} from './target/lower-stack.js';

/** `time` is of the file system's clock, in milliseconds. */
export const isUntouched = (directory: string, time: number): boolean =>
  isUntouchedAt(fromText(directory), time);

function isUntouchedAt(path: ByteString, time: number): boolean {
  const stat = lstat(path);
  if (stat === undefined) return false;
  // The kernel lets many deletions be one file, whose ctime moves with each that goes.
  if (isWhiteout(stat)) return true;
  if (stat.ctimeMs > time) return false;
  if (!isDirectory(stat)) return true;
  return readdirSync(asPath(path), 'latin1').every((name) =>
    isUntouchedAt(`${path}/${name}`, time),
  );
}
