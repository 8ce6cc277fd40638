/** File content from a path into an open file; holes stay holes. */
import {
  closeSync,
  constants,
  ftruncateSync,
  openSync,
  readSync,
  type Stats,
  writeSync,
} from 'node:fs';
import {asPath, type ByteString, toText} from '../archive/byte-string.js';
import {FileChangedError} from './errors.js';
import {seekTo} from './kernel-calls.js';

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const BUFFER = 1 << 20;
const buffer = Buffer.allocUnsafeSlow(BUFFER);

/** Throws FileChangedError when the file does not have the bytes that `stat` says. */
export function copyContent(source: ByteString, target: number, stat: Stats): void {
  const file = openSync(asPath(source), READ);
  try {
    const sparse = stat.blocks * 512 < stat.size;
    const copied = sparse ? copySparse(file, target, stat.size) : copyRange(file, target, 0);
    if (copied !== stat.size) throw new FileChangedError(toText(source), stat.size, copied);
  } finally {
    closeSync(file);
  }
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
