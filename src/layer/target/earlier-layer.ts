/**
 * The layer that a copy made the last time. Where a file comes out just the same, it serves again as a hard link: a layer is never
 * written to, making a file is most of the work of copying it, and the disk holds it once.
 *
 * Its bytes are compared, so that nothing has to be believed of it. A file serves at its own path alone, and a file of
 * several names once: in no root do two names become one file. Where the kernel refuses a link, there is none.
 */
import {closeSync, constants, linkSync, openSync, readSync, type Stats} from 'node:fs';
import {asPath, type ByteString, fromText} from '../../archive/byte-string.js';
import {isTaken} from '../error-name.js';
import {relevantXattrs} from '../file-facts.js';
import {isDirectory, isFile} from '../overlay-form.js';
import type {Metadata} from './file-maker.js';
import {lstat} from './lower-stack.js';

/** A file that is to be made. */
export interface Wanted {
  /** From the root. */
  readonly inside: ByteString;
  /** Where it goes. */
  readonly path: ByteString;
  readonly size: number;
  readonly metadata: Metadata;
  /** Its bytes, or the file that has them. */
  readonly content: Buffer | ByteString;
}

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const PIECE = 1 << 19;

export class EarlierLayer {
  readonly #root: ByteString;
  /** Whether a path, from the root, is a directory here; a symlink that leads to one is none. */
  readonly #directories = new Map<ByteString, boolean>([['', true]]);
  /** Inodes of several names that serve. */
  readonly #serving = new Set<number>();
  readonly #pieces = [0, 1].map(() => Buffer.allocUnsafeSlow(PIECE)) as [Buffer, Buffer];

  /** `directory` is a layer on the file system that is copied to. */
  constructor(directory: string) {
    this.#root = fromText(directory);
  }

  /** False where the file is to be made. Throws EEXIST when its name is taken. */
  link(wanted: Wanted): boolean {
    const path = `${this.#root}/${wanted.inside}`;
    try {
      const stat = this.#alike(path, wanted);
      if (stat === undefined || !this.#holds(path, wanted)) return false;
      linkSync(asPath(path), asPath(wanted.path));
      if (stat.nlink > 1) this.#serving.add(stat.ino);
      return true;
    } catch (error) {
      if (isTaken(error)) throw error;
      return false;
    }
  }

  /** The file at the same path, if it differs by nothing but perhaps its bytes. */
  #alike(path: ByteString, {inside, size, metadata}: Wanted): Stats | undefined {
    const {mode, uid, gid, mtime, xattrs} = metadata;
    if (xattrs !== undefined || !this.#hasDirectory(parentOf(inside))) return undefined;
    const stat = lstat(path);
    const same =
      stat !== undefined &&
      isFile(stat) &&
      stat.size === size &&
      stat.mtimeMs === mtime * 1000 &&
      (stat.mode & 0o7777) === mode &&
      stat.uid === uid &&
      stat.gid === gid &&
      !this.#serving.has(stat.ino) &&
      relevantXattrs(path, stat).length === 0;
    return same ? stat : undefined;
  }

  #hasDirectory(inside: ByteString): boolean {
    const known = this.#directories.get(inside);
    if (known !== undefined) return known;
    const stat = this.#hasDirectory(parentOf(inside))
      ? lstat(`${this.#root}/${inside}`)
      : undefined;
    const has = stat !== undefined && isDirectory(stat);
    this.#directories.set(inside, has);
    return has;
  }

  #holds(path: ByteString, {content, size}: Wanted): boolean {
    const file = openSync(asPath(path), READ);
    try {
      if (typeof content === 'string') return this.#equals(file, content, size);
      return this.#hasBytes(file, content);
    } finally {
      closeSync(file);
    }
  }

  #equals(file: number, other: ByteString, size: number): boolean {
    const source = openSync(asPath(other), READ);
    try {
      const [, piece] = this.#pieces;
      let at = 0;
      while (at < size) {
        const length = readSync(source, piece, 0, PIECE, at);
        if (length === 0 || !this.#hasBytes(file, piece.subarray(0, length), at)) return false;
        at += length;
      }
      return true;
    } finally {
      closeSync(source);
    }
  }

  #hasBytes(file: number, bytes: Buffer, from = 0): boolean {
    const [piece] = this.#pieces;
    let at = 0;
    while (at < bytes.length) {
      const wanted = Math.min(PIECE, bytes.length - at);
      const length = readSync(file, piece, 0, wanted, from + at);
      if (length === 0) return false;
      if (piece.compare(bytes, at, at + length, 0, length) !== 0) return false;
      at += length;
    }
    return true;
  }
}

const parentOf = (inside: ByteString): ByteString =>
  inside.slice(0, Math.max(0, inside.lastIndexOf('/')));
