/** File content from a path into an open file; holes stay holes. Each throws FileChangedError on another size. */
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  openSync,
  read,
  readSync,
  write,
  writeSync,
} from 'node:fs';
import {promisify} from 'node:util';
import {asPath, type ByteString, toText} from '../../archive/byte-string.js';
import {seekTo} from '../../linux/sparse.js';
import {FileChangedError} from '../errors.js';

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const BUFFER = 1 << 20;
const buffer = Buffer.allocUnsafeSlow(BUFFER);
/** Of a large file. Pieces that stay in a processor's cache cost the kernel a third of what 2 MiB cost it. */
const PIECE = 1 << 19;

/** Called with every byte, holes as zeros, in order. */
export type OnBytes = (bytes: Buffer) => void;

/**
 * A file below 1 MiB, its bytes in a buffer of the caller's that has room for one more, or in one that holds until the next is read.
 */
export function readSmall(
  source: ByteString,
  size: number,
  into: {readonly buffer: Buffer; readonly at: number} = {buffer, at: 0},
): Buffer {
  const bytes = into.buffer.subarray(into.at, into.at + size);
  if (size === 0) return bytes;
  const file = openSync(asPath(source), READ);
  try {
    let length = 0;
    while (length < size) {
      // The byte more tells that the file grew.
      const more = readSync(file, into.buffer, into.at + length, size + 1 - length, null);
      if (more === 0) break;
      length += more;
    }
    if (length !== size) throw new FileChangedError(toText(source), size, length);
  } finally {
    closeSync(file);
  }
  return bytes;
}

export function writeSmall(target: number, bytes: Buffer): void {
  writeAll(target, bytes, null);
}

export function readContent(source: ByteString, size: number, onBytes: OnBytes): void {
  const file = openSync(asPath(source), READ);
  try {
    readPieces(file, source, {size, onPiece: onBytes});
  } finally {
    closeSync(file);
  }
}

export function copyContent(
  source: ByteString,
  target: number,
  size: number,
  onBytes?: OnBytes,
): void {
  if (size < BUFFER) {
    const bytes = readSmall(source, size);
    writeSmall(target, bytes);
    onBytes?.(bytes);
    return;
  }
  const file = openSync(asPath(source), READ);
  try {
    const sparse = isSparse(file, size);
    if (sparse) copyData(file, target, size);
    readPieces(file, source, {
      size,
      onPiece(bytes, at) {
        if (!sparse) writeAll(target, bytes, at);
        onBytes?.(bytes);
      },
    });
  } finally {
    closeSync(file);
  }
}

function readPieces(
  file: number,
  path: ByteString,
  {size, onPiece}: {size: number; onPiece: (bytes: Buffer, at: number) => void},
): void {
  let at = 0;
  for (;;) {
    const length = readSync(file, buffer, 0, PIECE, at);
    if (length === 0) break;
    onPiece(buffer.subarray(0, length), at);
    at += length;
  }
  if (at !== size) throw new FileChangedError(toText(path), size, at);
}

const readAsync = promisify(read);
const writeAsync = promisify(write);

/** The same, with reading and writing in other threads while this one works on the bytes. */
export async function copyContentBeside(
  source: ByteString,
  target: number,
  size: number,
  onBytes: OnBytes,
): Promise<void> {
  const file = openSync(asPath(source), READ);
  try {
    if (isSparse(file, size)) {
      copyContent(source, target, size, onBytes);
      return;
    }
    const buffers = [0, 1].map(() => Buffer.allocUnsafeSlow(PIECE));
    const readAt = (index: number, at: number) =>
      readAsync(file, buffers[index % 2] as Buffer, 0, PIECE, at);
    let at = 0;
    let reading = readAt(0, 0);
    for (let index = 0; ; index++) {
      const {bytesRead} = await reading;
      if (bytesRead === 0) break;
      const bytes = (buffers[index % 2] as Buffer).subarray(0, bytesRead);
      reading = readAt(index + 1, at + bytesRead);
      reading.catch(() => undefined);
      const writing = writeAllBeside(target, bytes, at);
      onBytes(bytes);
      await writing;
      at += bytesRead;
    }
    if (at !== size) throw new FileChangedError(toText(source), size, at);
  } finally {
    closeSync(file);
  }
}

async function writeAllBeside(file: number, bytes: Buffer, position: number): Promise<void> {
  for (let from = 0; from < bytes.length; ) {
    const {bytesWritten} = await writeAsync(
      file,
      bytes,
      from,
      bytes.length - from,
      position + from,
    );
    from += bytesWritten;
  }
}

function isSparse(file: number, size: number): boolean {
  return fstatSync(file).blocks * 512 < size;
}

/** The data between the holes. */
function copyData(file: number, target: number, size: number): void {
  let hole = 0;
  for (;;) {
    const data = seekTo('data', file, hole);
    if (data === undefined) break;
    hole = seekTo('hole', file, data) ?? size;
    for (let at = data; at < hole; ) {
      const length = readSync(file, buffer, 0, Math.min(PIECE, hole - at), at);
      if (length === 0) break;
      writeAll(target, buffer.subarray(0, length), at);
      at += length;
    }
  }
  ftruncateSync(target, size);
}

function writeAll(file: number, bytes: Buffer, position: number | null): void {
  for (let from = 0; from < bytes.length; ) {
    const at = position === null ? null : position + from;
    from += writeSync(file, bytes, from, bytes.length - from, at);
  }
}
