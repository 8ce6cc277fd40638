import {createHash, hash} from 'node:crypto';
import {closeSync, constants, openSync, readSync} from 'node:fs';
import {asPath, type ByteString, toText} from '../../archive/byte-string.js';
import {FileChangedError} from '../errors.js';

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const BUFFER = 1 << 20;
const buffer = Buffer.allocUnsafeSlow(BUFFER);
/** Small enough to stay in a processor's cache between the reading and the hash. */
const piece = buffer.subarray(0, 1 << 18);

/** sha256 of a file's bytes, hexadecimal. Throws FileChangedError when it has not `size` of them. */
export function digestFile(path: ByteString, size: number): string {
  const file = openSync(asPath(path), READ);
  try {
    return size < BUFFER ? digestSmall(file, path, size) : digestLarge(file, path, size);
  } finally {
    closeSync(file);
  }
}

function digestSmall(file: number, path: ByteString, size: number): string {
  let length = readSync(file, buffer, 0, BUFFER, null);
  while (length > 0 && length < size) {
    const more = readSync(file, buffer, length, BUFFER - length, null);
    if (more === 0) break;
    length += more;
  }
  if (length !== size) throw new FileChangedError(toText(path), size, length);
  return hash('sha256', buffer.subarray(0, length), 'hex');
}

function digestLarge(file: number, path: ByteString, size: number): string {
  const running = createHash('sha256');
  let total = 0;
  for (;;) {
    const length = readSync(file, piece, 0, piece.length, null);
    if (length === 0) break;
    total += length;
    running.update(piece.subarray(0, length));
  }
  if (total !== size) throw new FileChangedError(toText(path), size, total);
  return running.digest('hex');
}
