import type {Stats} from 'node:fs';
import type {ByteString} from '../archive/byte-string.js';
import {isDirectory} from './overlay-form.js';

/** Of a set of hard links the first name is the file. */
export class FirstLinks {
  /** device:inode → its first name. */
  readonly #names = new Map<string, ByteString>();

  /** The name that is the file already; undefined for the first, and for a file with one name. */
  before(stat: Stats, name: ByteString): ByteString | undefined {
    if (stat.nlink < 2 || isDirectory(stat)) return undefined;
    const key = `${stat.dev}:${stat.ino}`;
    const first = this.#names.get(key);
    if (first === undefined) this.#names.set(key, name);
    return first;
  }
}
