/** Where an archive comes from: a file's path, or stdin unless that is a terminal. */
import type {Readable} from 'node:stream';
import {UsageError} from '../errors.js';

export function archiveInput(path: string | undefined): string | Readable {
  if (path !== undefined && path !== '-') return path;
  if (process.stdin.isTTY) {
    throw new UsageError('no archive: stdin is a terminal', {hint: 'Name a file, or pipe one in.'});
  }
  return process.stdin;
}
