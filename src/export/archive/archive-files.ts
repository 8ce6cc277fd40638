/**
 * The files of an image archive, spooled to a folder under numbers, known by the names the archive gave them.
 *
 * A name is only ever looked up here, never opened as a path. Names and links that lead out of the archive are refused.
 * Each file is hashed as it is written.
 */
import {createHash, type Hash} from 'node:crypto';
import {closeSync, createReadStream, mkdirSync, openSync, readFileSync, writeSync} from 'node:fs';
import {join, posix} from 'node:path';

import {type ByteString, toText} from '../../archive/byte-string.js';
import {decompress} from '../../archive/decompress.js';
import {readTar} from '../../archive/read-tar.js';
import type {TarHeader} from '../../archive/tar-header.js';
import type {TarSink} from '../../archive/tar-reader.js';
import {type Digest, finish} from '../../oci/digest.js';
import {BadArchiveError} from '../errors.js';

export interface ArchivedFile {
  readonly path: string;
  readonly size: number;
  readonly digest: Digest;
}

/** More entries than any archive of images has. */
const MOST_ENTRIES = 200_000;
/** Links from link to link. */
const MOST_LINKS = 8;

export class ArchiveFiles implements TarSink {
  readonly #folder: string;
  readonly #mostBytes: number;
  #bytes = 0;
  readonly #files = new Map<string, ArchivedFile>();
  readonly #links = new Map<string, string>();
  #count = 0;
  #open: {file: number; path: string; name: string; size: number; hash: Hash} | undefined;

  private constructor(folder: string, mostBytes: number) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
    mkdirSync(folder, {mode: 0o700});
  }

  /**
   * Reads the whole source, plain or compressed, into `folder`, which is not there yet and is the caller's to remove. Throws
   * BadArchiveError where its files have more than `mostBytes` together.
   */
  static async read(
    source: AsyncIterable<Uint8Array>,
    folder: string,
    {mostBytes = Number.POSITIVE_INFINITY}: {readonly mostBytes?: number} = {},
  ): Promise<ArchiveFiles> {
    const files = new ArchiveFiles(folder, mostBytes);
    try {
      const {bytes} = await decompress(source);
      await readTar(bytes, files);
    } finally {
      files.#stop();
    }
    return files;
  }

  /** By its name in the archive, links followed. Throws BadArchiveError for a name that leads out. */
  find(name: string): ArchivedFile | undefined {
    let at = inside(name);
    for (let hops = 0; hops <= MOST_LINKS; hops++) {
      const link = this.#links.get(at);
      if (link === undefined) return this.#files.get(at);
      at = link;
    }
    throw new BadArchiveError(`${JSON.stringify(name)} is a link to a link without end`);
  }

  /** Throws BadArchiveError when it is not there, or is larger than `limit` bytes. */
  document(name: string, limit: number): Buffer {
    const file = this.find(name);
    if (file === undefined) throw new BadArchiveError(`want ${name}, got none`);
    if (file.size > limit) {
      throw new BadArchiveError(`want at most ${limit} bytes of ${name}, got ${file.size}`);
    }
    return readFileSync(file.path);
  }

  entry(header: TarHeader): void {
    if (++this.#count > MOST_ENTRIES) {
      throw new BadArchiveError(`want at most ${MOST_ENTRIES} entries, got more`);
    }
    const name = inside(toText(header.name));
    this.#forget(name);
    if (header.sparse !== undefined) throw new BadArchiveError(`${name} is a sparse file`);
    if (header.type === 'file') {
      const path = join(this.#folder, String(this.#count));
      this.#open = {file: openSync(path, 'wx'), path, name, size: 0, hash: createHash('sha256')};
    } else if (header.type === 'symlink') {
      this.#links.set(name, inside(posix.join(posix.dirname(name), linkText(header.linkName))));
    } else if (header.type === 'hard-link') {
      this.#links.set(name, inside(toText(header.linkName)));
    }
  }

  data(bytes: Buffer): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#bytes += bytes.length;
    if (this.#bytes > this.#mostBytes) {
      throw new BadArchiveError(`want at most ${this.#mostBytes} bytes, got more`);
    }
    for (let done = 0; done < bytes.length; ) done += writeSync(open.file, bytes, done);
    open.hash.update(bytes);
    open.size += bytes.length;
  }

  close(): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#stop();
    this.#files.set(open.name, {path: open.path, size: open.size, digest: finish(open.hash)});
  }

  /** A later entry of a name stands for it. */
  #forget(name: string): void {
    this.#files.delete(name);
    this.#links.delete(name);
  }

  #stop(): void {
    if (this.#open !== undefined) closeSync(this.#open.file);
    this.#open = undefined;
  }
}

export const readFile = (file: ArchivedFile): AsyncIterable<Uint8Array> =>
  createReadStream(file.path, {highWaterMark: 1024 * 1024});

/** Where a name is below the archive's top. */
function inside(name: string): string {
  const clean = posix
    .normalize(name)
    .replace(/^\.?\//, '')
    .replace(/\/$/, '');
  if (name.startsWith('/') || clean === '..' || clean.startsWith('../')) {
    throw new BadArchiveError(`${JSON.stringify(name.slice(0, 200))} leads out of it`);
  }
  return clean;
}

function linkText(link: ByteString): string {
  const text = toText(link);
  if (text.startsWith('/')) {
    throw new BadArchiveError(`${JSON.stringify(text.slice(0, 200))} leads out of it`);
  }
  return text;
}
