/**
 * A pipe for what a process writes.
 *
 * Node gives a child sockets, and a program that opens /dev/stdout or /dev/stderr by name gets ENXIO from a socket:
 * `echo … > /dev/stderr` is common in Dockerfiles.
 */
import {closeSync, fchownSync, fstatSync} from 'node:fs';
import {Socket} from 'node:net';
import {checked, libcFunction} from '../linux/libc.js';

const O_CLOEXEC = 0o2000000;

const pipe2 = libcFunction('int pipe2(_Out_ int *ends, int flags)');

export interface OutputPipe {
  /** The end for the process; `closeWriter` once it has been handed over. */
  readonly writer: number;
  closeWriter(): void;
  /** Settles when every writer is gone and all has been delivered. */
  readonly drained: Promise<void>;
}

/** `owner` is the uid that may open the pipe again by its name in /dev. When `onData` answers false the pipe breaks. */
export function outputPipe(owner: number, onData: (data: Uint8Array) => unknown): OutputPipe {
  const ends = [-1, -1];
  checked(pipe2(ends, O_CLOEXEC), 'pipe2', []);
  const [reader = -1, writer = -1] = ends;
  giveTo(owner, writer);
  const stream = new Socket({fd: reader, readable: true, writable: false});
  stream.on('data', (data: Uint8Array) => {
    if (onData(data) === false) stream.destroy();
  });
  const drained = new Promise<void>((resolve, reject) => {
    stream.on('error', reject);
    stream.on('close', () => resolve());
  });
  return {writer, closeWriter: () => closeSync(writer), drained};
}

/** An id this user namespace does not have cannot be given anything: then the process does without, as under runc. */
function giveTo(owner: number, writer: number): void {
  const {uid, gid} = fstatSync(writer);
  if (uid === owner) return;
  try {
    fchownSync(writer, owner, gid);
  } catch (error) {
    const {code = ''} = error as NodeJS.ErrnoException;
    if (!['EINVAL', 'EPERM'].includes(code)) throw error;
  }
}
