/**
 * blobs/sha256/<hex>: content by its digest.
 *
 * A blob appears whole, verified and durable: written to ingest, synced, renamed. Present and of the promised size means
 * the bytes were right when they came; reading checks them again.
 */
import {createHash} from 'node:crypto';
import {
  closeSync,
  createReadStream,
  fsync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import {readdir} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {replaceFile, replaceFiles, syncFolder} from '../base/atomic-file.js';
import {
  ContentNotFoundError,
  ContentTooLargeError,
  DigestMismatchError,
} from '../content/errors.js';
import type {Fetcher} from '../content/fetcher.js';
import {GrowingFile} from '../content/growing-file.js';
import type {Ingest} from '../content/ingest.js';
import type {Pusher} from '../content/pusher.js';
import {verified, verifyBytes} from '../content/verify.js';
import {type Descriptor, describe} from '../oci/descriptor.js';
import {type Digest, finish, hexOf, isDigest} from '../oci/digest.js';
import {BlobFile} from './blob-file.js';
import {DurableFile} from './durable-file.js';
import {StoreFullError} from './errors.js';
import {isFull} from './full-disk.js';
import {readBehind} from './read-behind.js';

const sync = promisify(fsync);

/** Bytes; no JSON document is larger. */
const DOCUMENT_LIMIT = 64 * 1024 * 1024;

/** Bytes; more than may be left in the last block of a full disk. */
const PROBE = 1 << 16;

/** A document before it is named. */
interface Document {
  readonly mediaType: string;
  readonly data: Uint8Array;
}

export class BlobFolder implements Fetcher, Pusher {
  readonly #folder: string;
  readonly #ingest: Ingest;

  constructor(folder: string, ingest: Ingest) {
    this.#folder = folder;
    this.#ingest = ingest;
  }

  async exists(target: Descriptor): Promise<boolean> {
    return this.has(target);
  }

  /** `exists`, at once. */
  has({digest, size}: Pick<Descriptor, 'digest' | 'size'>): boolean {
    return this.sizeOf(digest) === size;
  }

  /** Bytes; undefined when it is not here. */
  sizeOf(digest: Digest): number | undefined {
    return statSync(this.path(digest), {throwIfNoEntry: false})?.size;
  }

  /** Where its file is, or would be. */
  path(digest: Digest): string {
    return join(this.#folder, hexOf(digest));
  }

  async *fetch(target: Descriptor): AsyncGenerator<Uint8Array, void, undefined> {
    const file = createReadStream(this.path(target.digest), {highWaterMark: 256 * 1024});
    try {
      yield* verified(file, target);
    } catch (error) {
      throw this.#explained(target.digest, error);
    }
  }

  async open(target: Descriptor): Promise<BlobFile | undefined> {
    const {digest} = target;
    if (!this.has(target)) return undefined;
    return new BlobFile(this.path(digest), digest, () => this.remove(digest));
  }

  /** A document whole, verified. Throws ContentNotFoundError, ContentTooLargeError, or what `verifyBytes` throws. */
  read(target: Descriptor): Buffer {
    if (target.size > DOCUMENT_LIMIT) {
      throw new ContentTooLargeError(target.digest, DOCUMENT_LIMIT, target.size);
    }
    if (!this.has(target) && this.sizeOf(target.digest) !== undefined) {
      return verifyBytes(Buffer.alloc(0), target);
    }
    try {
      return verifyBytes(readFileSync(this.path(target.digest)), target);
    } catch (error) {
      throw this.#explained(target.digest, error);
    }
  }

  /** `onDraft` may read it meanwhile. */
  async push(
    target: Descriptor,
    content: AsyncIterable<Uint8Array>,
    onDraft?: (file: GrowingFile) => void,
  ): Promise<void> {
    if (this.has(target)) {
      await content[Symbol.asyncIterator]().return?.();
      return;
    }
    const draft = this.#ingest.draft();
    const growing = new GrowingFile(draft);
    onDraft?.(growing);
    try {
      await synced(draft, async (file) => {
        for await (const chunk of verified(content, target)) {
          file.write(chunk);
          growing.grew(chunk.byteLength);
        }
      });
      this.#place(target, draft);
      growing.ended({blob: target});
    } catch (error) {
      growing.ended({error});
      rmSync(draft, {force: true});
      throw notWritten(target.digest, error);
    }
    syncFolder(this.#folder);
  }

  /** Stores a document and returns what names it. One that is there is read: a damaged one is written again. */
  write(mediaType: string, data: Uint8Array): Descriptor {
    const target = describe(mediaType, data);
    if (this.#holds(target, data)) return target;
    try {
      replaceFile({path: this.path(target.digest), draft: this.#ingest.draft()}, data);
    } catch (error) {
      throw notWritten(target.digest, error);
    }
    return target;
  }

  /** `write` for several, which become durable side by side. */
  async writeAll(documents: readonly Document[]): Promise<readonly Descriptor[]> {
    const targets = documents.map(({mediaType, data}) => describe(mediaType, data));
    const places = documents.flatMap(({data}, index) => {
      const target = targets[index] as Descriptor;
      if (this.#holds(target, data)) return [];
      return {path: this.path(target.digest), draft: this.#ingest.draft(), data};
    });
    try {
      await replaceFiles(places);
    } catch (error) {
      throw notWritten(targets.map(({digest}) => digest).join(' and '), error);
    }
    return targets;
  }

  #holds(target: Descriptor, data: Uint8Array): boolean {
    return this.has(target) && readFileSync(this.path(target.digest)).equals(data);
  }

  /** Stores content whose digest only its end tells, and returns what names it. `onDraft` may read it meanwhile. */
  async writeStream(
    mediaType: string,
    content: AsyncIterable<Uint8Array>,
    onDraft?: (file: GrowingFile) => void,
  ): Promise<Descriptor> {
    return this.#keep(mediaType, onDraft, async function* (file) {
      for await (const chunk of content) {
        file.write(chunk);
        yield chunk;
      }
    });
  }

  /** The same of content that a program writes to an open file. */
  async writeBehind(
    mediaType: string,
    write: (fd: number) => Promise<void>,
    onDraft?: (file: GrowingFile) => void,
  ): Promise<Descriptor> {
    return this.#keep(mediaType, onDraft, async function* (file, path) {
      const whole = write(file.fd).catch((error: unknown) => {
        // A program has its own words for a full disk.
        file.write(Buffer.alloc(PROBE));
        throw error;
      });
      for await (const chunk of readBehind(path, whole)) {
        file.wrote(chunk.byteLength);
        yield chunk;
      }
    });
  }

  /** `written` yields what is in the file then. */
  async #keep(
    mediaType: string,
    onDraft: ((file: GrowingFile) => void) | undefined,
    written: (file: DurableFile, path: string) => AsyncIterable<Uint8Array>,
  ): Promise<Descriptor> {
    const draft = this.#ingest.draft();
    const growing = new GrowingFile(draft);
    onDraft?.(growing);
    const hash = createHash('sha256');
    let size = 0;
    try {
      await synced(draft, async (file) => {
        for await (const chunk of written(file, draft)) {
          hash.update(chunk);
          size += chunk.byteLength;
          growing.grew(chunk.byteLength);
        }
      });
      const target = {mediaType, digest: finish(hash), size};
      growing.ended({blob: target});
      this.#place(target, draft);
      syncFolder(this.#folder);
      return target;
    } catch (error) {
      growing.ended({error});
      rmSync(draft, {force: true});
      throw notWritten(mediaType, error);
    }
  }

  /** Takes over a file of this store's ingest whose digest the caller has just computed while writing it. */
  async adopt(digest: Digest, draft: string): Promise<void> {
    const file = openSync(draft, 'r');
    try {
      await sync(file);
    } finally {
      closeSync(file);
    }
    this.#place({digest, size: statSync(draft).size}, draft);
    syncFolder(this.#folder);
  }

  remove(digest: Digest): void {
    rmSync(this.path(digest), {force: true});
  }

  /** All that is here. */
  async list(): Promise<readonly Digest[]> {
    const names = await readdir(this.#folder);
    return names.map((name) => `sha256:${name}` as const).filter(isDigest);
  }

  /** A file that came meanwhile stays: others may have linked it. */
  #place(target: Pick<Descriptor, 'digest' | 'size'>, draft: string): void {
    if (this.has(target)) rmSync(draft);
    else renameSync(draft, this.path(target.digest));
  }

  /** Bytes that are not what their name says are no use to anybody: without them a pull, load or build brings them again. */
  #explained(digest: Digest, error: unknown): unknown {
    if (error instanceof DigestMismatchError) this.remove(digest);
    return codeOf(error) === 'ENOENT'
      ? new ContentNotFoundError(digest, 'the store', error)
      : error;
  }
}

const codeOf = (error: unknown): string => String((error as {code?: unknown} | null)?.code);

const notWritten = (what: string, error: unknown): unknown =>
  isFull(error) ? new StoreFullError(what, error) : error;

async function synced(path: string, write: (file: DurableFile) => Promise<void>): Promise<void> {
  const file = new DurableFile(path, 'wx');
  try {
    await write(file);
    await file.sync();
  } finally {
    await file.close();
  }
}
