/** Where an archive goes: a file's path, or stdout unless that is a terminal. */
import type {Writable} from 'node:stream';
import {TerminalOutputError} from '../errors.js';

export function archiveOutput(path: string | undefined): string | Writable {
  if (path !== undefined && path !== '-') return path;
  if (process.stdout.isTTY) throw new TerminalOutputError();
  return process.stdout;
}
