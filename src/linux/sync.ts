import {closeSync, openSync} from 'node:fs';
import {checked, libcFunction} from './libc.js';

const syncfs = libcFunction('int syncfs(int fd)');

/** Makes all that was written to the file system that holds `path` durable. Blocks until it is. */
export function syncFileSystem(path: string): void {
  const fd = openSync(path, 'r');
  try {
    checked(syncfs(fd), 'syncfs', [path]);
  } finally {
    closeSync(fd);
  }
}
