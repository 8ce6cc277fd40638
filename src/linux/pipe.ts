/** A pipe whose ends are descriptors of this process: what Node has no call for. */
import {closeSync} from 'node:fs';
import {checked, libcFunction} from './libc.js';

export interface Pipe extends Disposable {
  readonly readEnd: number;
  readonly writeEnd: number;
  /** Whoever else has the other end meets the end. */
  close(end: 'readEnd' | 'writeEnd'): void;
}

const CLOSE_ON_EXEC = 0o2000000;
const SET_SIZE = 1031;
/** Bytes: as much as anybody may have, by the usual setting. */
const SIZE = 1 << 20;

const pipe2 = libcFunction('int pipe2(_Out_ int32_t *ends, int flags)');
const fcntl = libcFunction('int fcntl(int fd, int operation, int argument)');

/** Blocks whoever writes faster than is read. Throws SystemCallError. */
export function openPipe(): Pipe {
  const ends = new Int32Array(2);
  checked(pipe2(ends, CLOSE_ON_EXEC), 'pipe2', []);
  const [readEnd = -1, writeEnd = -1] = ends;
  // Who has many pipes may have to do with the usual 64 KiB.
  fcntl(writeEnd, SET_SIZE, SIZE);
  const open = new Map([
    ['readEnd', readEnd],
    ['writeEnd', writeEnd],
  ]);
  const close = (end: string): void => {
    const fd = open.get(end);
    if (open.delete(end)) closeSync(fd as number);
  };
  return {readEnd, writeEnd, close, [Symbol.dispose]: () => [...open.keys()].forEach(close)};
}
