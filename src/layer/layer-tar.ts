/**
 * Walked files as the bytes of their tar, pulled piece by piece into buffers of the caller.
 *
 * Equal files give equal bytes. Memory stays flat: what the walk holds, and one buffer.
 * Source  OCI image-spec v1.1.1, layer.md; the order is the walk's.
 */
import {closeSync, constants, openSync, readSync} from 'node:fs';
import {asPath, type ByteString, toText} from '../archive/byte-string.js';
import {BLOCK, setModificationTime, writeHeaderBlock} from '../archive/tar-header.js';
import {END_OF_ARCHIVE, extendedHeader, paddingOf} from '../archive/tar-writer.js';
import type {EntryWalk, WalkEntry} from './entry-walk.js';
import {FileChangedError} from './errors.js';

/** From this size on a file's content comes in pieces of its own. */
export const LARGE_FILE = 1 << 20;

const ZERO_TIME = {mtime: 0};
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

interface Body {
  readonly file: number;
  readonly path: ByteString;
  readonly name: ByteString;
  readonly size: number;
  left: number;
}

/** What the last `fill` gave: headers and small files, or content of one large file alone. */
export type Piece =
  | {readonly kind: 'mixed'; readonly length: number}
  | {
      readonly kind: 'large';
      readonly length: number;
      readonly name: ByteString;
      readonly last: boolean;
    };

export class LayerTar {
  readonly #walk: EntryWalk;
  #body: Body | undefined;
  #zeros = 0;
  #carry: Buffer | undefined;
  #waiting: WalkEntry | undefined;
  #ended = false;
  /** Pairs of a header's offset in the buffer and its time, since the last fill. */
  #times: number[] = [];

  constructor(walk: EntryWalk) {
    this.#walk = walk;
  }

  /**
   * Fills a buffer (a multiple of 512 bytes) as far as the next piece goes. Times of the headers in it are 0 until
   * `stampTimes`. Undefined at the end of the archive.
   */
  fill(buffer: Buffer): Piece | undefined {
    this.#times = [];
    if (this.#body !== undefined && this.#body.size >= LARGE_FILE) return this.#large(buffer);
    let length = 0;
    while (length < buffer.length) {
      const step = this.#step(buffer, length);
      if (step === undefined) break;
      length += step;
    }
    if (length === 0 && this.#body !== undefined) return this.#large(buffer);
    return length === 0 ? undefined : {kind: 'mixed', length};
  }

  /** Writes the times of the last fill's headers into them. */
  stampTimes(buffer: Buffer): void {
    for (let index = 0; index < this.#times.length; index += 2) {
      setModificationTime(buffer, this.#times[index] as number, this.#times[index + 1] as number);
    }
  }

  /** Closes what is open; for an archive that is not read to its end. */
  close(): void {
    if (this.#body !== undefined) closeSync(this.#body.file);
    this.#body = undefined;
    this.#ended = true;
  }

  /** Bytes put at `at`; undefined when this piece must end here. */
  #step(buffer: Buffer, at: number): number | undefined {
    const space = buffer.length - at;
    if (this.#carry !== undefined) return this.#pour(this.#carry, buffer, at);
    if (this.#waiting !== undefined) {
      if (space < BLOCK) return undefined;
      return this.#header(this.#waiting, buffer, at);
    }
    if (this.#body !== undefined) {
      return this.#body.size >= LARGE_FILE ? undefined : this.#read(this.#body, buffer, at);
    }
    if (this.#zeros > 0) {
      const count = Math.min(this.#zeros, space);
      buffer.fill(0, at, at + count);
      this.#zeros -= count;
      return count;
    }
    return this.#advance();
  }

  #advance(): number | undefined {
    if (this.#ended) return undefined;
    const entry = this.#walk.next();
    if (entry === undefined) {
      this.#ended = true;
      this.#zeros = END_OF_ARCHIVE;
      return 0;
    }
    this.#carry = extendedHeader(entry.header);
    this.#waiting = entry;
    return 0;
  }

  #pour(source: Buffer, buffer: Buffer, at: number): number {
    const count = source.copy(buffer, at);
    this.#carry = count < source.length ? source.subarray(count) : undefined;
    return count;
  }

  #header(entry: WalkEntry, buffer: Buffer, at: number): number {
    const {header, path} = entry;
    writeHeaderBlock(buffer, at, header, ZERO_TIME);
    this.#times.push(at, header.mtime);
    this.#waiting = undefined;
    if (header.type === 'file' && header.size > 0) {
      const file = openToRead(path);
      this.#body = {file, path, name: header.name, size: header.size, left: header.size};
    }
    return BLOCK;
  }

  #large(buffer: Buffer): Piece {
    const body = this.#body as Body;
    const length = this.#read(body, buffer, 0);
    return {kind: 'large', length, name: body.name, last: this.#body === undefined};
  }

  #read(body: Body, buffer: Buffer, at: number): number {
    const wanted = Math.min(body.left, buffer.length - at);
    let count = 0;
    while (count < wanted) {
      const length = readSync(body.file, buffer, at + count, wanted - count, null);
      if (length === 0) {
        this.close();
        throw new FileChangedError(toText(body.path), body.size, body.size - body.left + count);
      }
      count += length;
    }
    body.left -= count;
    if (body.left === 0) {
      closeSync(body.file);
      this.#body = undefined;
      this.#zeros = paddingOf(body.size);
    }
    return count;
  }
}

/** That a layer is read is no use of its files: their access times stay, where this process may say so. */
function openToRead(path: ByteString): number {
  try {
    return openSync(asPath(path), READ | constants.O_NOATIME);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
    return openSync(asPath(path), READ);
  }
}
