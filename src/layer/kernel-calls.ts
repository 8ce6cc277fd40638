/** The kernel calls this layer makes beyond node:fs. Paths are byte strings. */
import {getSystemErrorName} from 'node:util';
import koffi from 'koffi';
import type {ByteString} from '../archive/byte-string.js';

const libc = koffi.load('libc.so.6');
const raw = {
  llistxattr: libc.func('long llistxattr(const void *path, void *list, size_t size)'),
  lgetxattr: libc.func(
    'long lgetxattr(const void *path, const char *name, void *value, size_t size)',
  ),
  lsetxattr: libc.func(
    'int lsetxattr(const void *path, const char *name, const void *value, size_t size, int flags)',
  ),
  mknod: libc.func('int mknod(const void *path, unsigned int mode, unsigned long dev)'),
  lseek: libc.func('long lseek(int fd, long offset, int whence)'),
};

const cPath = (path: ByteString): Buffer => Buffer.from(`${path}\0`, 'latin1');

function failed(call: string, path: ByteString): Error {
  const errno = koffi.errno();
  const code = getSystemErrorName(-errno);
  return Object.assign(new Error(`${code}: ${call} ${path}`), {code, errno: -errno, syscall: call});
}

const ENODATA = 61;
const ENOTSUP = 95;
const ENXIO = 6;
const list = Buffer.alloc(1 << 16);
const value = Buffer.alloc(1 << 16);

export function llistxattr(path: ByteString): string[] {
  const length = raw.llistxattr(cPath(path), list, list.length) as number;
  if (length === 0) return [];
  if (length < 0) {
    if (koffi.errno() === ENOTSUP) return [];
    throw failed('llistxattr', path);
  }
  return list.toString('utf8', 0, length - 1).split('\0');
}

export function lgetxattr(path: ByteString, name: string): Buffer | undefined {
  const length = raw.lgetxattr(cPath(path), name, value, value.length) as number;
  if (length >= 0) return Buffer.from(value.subarray(0, length));
  const errno = koffi.errno();
  if (errno === ENODATA || errno === ENOTSUP) return undefined;
  throw failed('lgetxattr', path);
}

export function lsetxattr(path: ByteString, name: string, data: Buffer): void {
  if ((raw.lsetxattr(cPath(path), name, data, data.length, 0) as number) < 0) {
    throw failed('lsetxattr', path);
  }
}

/** `mode` holds the file type too; `device` is as stat(2) gives it. */
export function mknod(path: ByteString, mode: number, device: number): void {
  if ((raw.mknod(cPath(path), mode, device) as number) < 0) throw failed('mknod', path);
}

/** Where the next data, or the next hole, begins at or after `offset`; undefined past the last. */
export function seekTo(kind: 'data' | 'hole', fd: number, offset: number): number | undefined {
  const at = Number(raw.lseek(fd, offset, kind === 'data' ? 3 : 4));
  if (at >= 0) return at;
  if (koffi.errno() === ENXIO) return undefined;
  throw failed('lseek', '');
}
