/** Holes of sparse files. Source: lseek(2), SEEK_DATA and SEEK_HOLE. */
import {constants} from 'node:os';
import {SystemCallError} from './errors.js';
import {lastErrno, libcFunction} from './libc.js';

const whence = {data: 3, hole: 4} as const;
const seek = libcFunction('int64_t lseek(int fd, int64_t offset, int whence)');

/**
 * Where the next data, or the next hole, begins at or after `offset`; undefined when there is none before the end.
 * The end of a file counts as a hole. Moves the descriptor's position.
 */
export function seekTo(kind: 'data' | 'hole', fd: number, offset: number): number | undefined {
  const at = seek(fd, offset, whence[kind]);
  if (at >= 0) return at;
  const errno = lastErrno();
  if (errno === constants.errno.ENXIO) return undefined;
  throw new SystemCallError({syscall: 'lseek', arguments: [fd, offset, kind], errno});
}
