/** File content from a path into an open file; holes stay holes. */
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import {asPath, type ByteString, toText} from '../archive/byte-string.js';
import {seekTo} from '../linux/sparse.js';
import {FileChangedError} from './errors.js';

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const BUFFER = 1 << 20;
const buffer = Buffer.allocUnsafeSlow(BUFFER);

/** Throws FileChangedError when the file has not `size` bytes. */
export function copyContent(source: ByteString, target: number, size: number): void {
  const file = openSync(asPath(source), READ);
  try {
    const copied = size < BUFFER ? copyRange(file, target, 0) : copyLarge(file, target, size);
    if (copied !== size) throw new FileChangedError(toText(source), size, copied);
  } finally {
    closeSync(file);
  }
}

function copyLarge(file: number, target: number, size: number): number {
  const {blocks} = fstatSync(file);
  return blocks * 512 < size ? copySparse(file, target, size) : copyRange(file, target, 0);
}

function copySparse(file: number, target: number, size: number): number {
  let hole = 0;
  for (;;) {
    const data = seekTo('data', file, hole);
    if (data === undefined) break;
    hole = seekTo('hole', file, data) ?? size;
    copyRange(file, target, data, hole);
  }
  ftruncateSync(target, size);
  return size;
}

/** Returns where it stopped: `end`, or the end of the file. */
function copyRange(
  file: number,
  target: number,
  start: number,
  end = Number.MAX_SAFE_INTEGER,
): number {
  let at = start;
  while (at < end) {
    const length = readSync(file, buffer, 0, Math.min(BUFFER, end - at), at);
    if (length === 0) break;
    for (let from = 0; from < length; ) {
      from += writeSync(target, buffer, from, length - from, at + from);
    }
    at += length;
  }
  return at;
}
