/**
 * Extended attributes of a path itself, symbolic links included.
 *
 * Cheap where there are none: no allocation, one system call. A file system that has no attributes has no attribute.
 * Source  xattr(7): a value, and the list of names, have at most 65,536 bytes.
 */
import {constants} from 'node:os';
import {SystemCallError} from './errors.js';
import {lastErrno, libcFunction} from './libc.js';
import {type NativePath, nativePath} from './native-path.js';

const {ENODATA, ENOTSUP} = constants.errno;
const SIZE_MAX = 65_536;
const none: readonly string[] = [];

const get = libcFunction(
  'long lgetxattr(const char *path, const char *name, void *value, size_t size)',
);
const set = libcFunction(
  'int lsetxattr(const char *path, const char *name, const void *value, size_t size, int flags)',
);
const list = libcFunction('long llistxattr(const char *path, void *names, size_t size)');
const remove = libcFunction('int lremovexattr(const char *path, const char *name)');

/** One for all calls: they are synchronous, and results are copied out. */
let scratch: Buffer | undefined;

/** Undefined when the path has no such attribute. */
export function lgetxattr(path: NativePath, name: string): Buffer | undefined {
  scratch ??= Buffer.allocUnsafeSlow(SIZE_MAX);
  const size = get(nativePath(path), name, scratch, SIZE_MAX);
  if (size >= 0) return Buffer.from(scratch.subarray(0, size));
  const errno = lastErrno();
  if (errno === ENODATA || errno === ENOTSUP) return undefined;
  throw new SystemCallError({syscall: 'lgetxattr', arguments: [path, name], errno});
}

/** Sets or replaces. */
export function lsetxattr(path: NativePath, name: string, value: string | Uint8Array): void {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  if (set(nativePath(path), name, bytes, bytes.byteLength, 0) === 0) return;
  throw new SystemCallError({
    syscall: 'lsetxattr',
    arguments: [path, name],
    errno: lastErrno(),
  });
}

/** Names in no order. */
export function llistxattr(path: NativePath): readonly string[] {
  scratch ??= Buffer.allocUnsafeSlow(SIZE_MAX);
  const size = list(nativePath(path), scratch, SIZE_MAX);
  if (size === 0) return none;
  if (size > 0) return scratch.toString('utf8', 0, size - 1).split('\0');
  const errno = lastErrno();
  if (errno === ENOTSUP) return none;
  throw new SystemCallError({syscall: 'llistxattr', arguments: [path], errno});
}

/** An attribute that is not there is not a failure. */
export function lremovexattr(path: NativePath, name: string): void {
  if (remove(nativePath(path), name) === 0) return;
  const errno = lastErrno();
  if (errno === ENODATA || errno === ENOTSUP) return;
  throw new SystemCallError({syscall: 'lremovexattr', arguments: [path, name], errno});
}
