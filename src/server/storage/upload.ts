/**
 * A blob on its way in. Its bytes are kept as they come, hashed on the way, so that a cut connection or a restarted server
 * loses none of them; only the whole blob is checked.
 *
 * One request at a time writes. A newer one ends an older one: the client that comes back has given its old connection up.
 */
import {createHash, type Hash} from 'node:crypto';
import {createReadStream, existsSync, rmSync, statSync, truncateSync} from 'node:fs';
import {semaphore} from '../../base/semaphore.js';
import {type Digest, finish} from '../../oci/digest.js';
import {DurableFile} from '../../store/durable-file.js';
import {Refusal, sizeInvalid, tooLarge, uploadUnknown} from '../refusal.js';

export interface Chunk {
  readonly bytes: AsyncIterable<Uint8Array>;
  /** Where the client believes it goes on, and how many bytes it will send; not checked without them. */
  readonly start?: number;
  readonly length?: number;
  /** Ends `bytes` early. */
  abandon(): void;
}

export class Upload {
  readonly id: string;
  readonly #path: string;
  /** Bytes of the whole blob. */
  readonly #limit: number;
  readonly #turn = semaphore(1);
  #hash: Hash | undefined;
  #offset: number;
  #writing: Chunk | undefined;

  constructor(id: string, path: string, limit: number) {
    this.id = id;
    this.#path = path;
    this.#limit = limit;
    this.#offset = statSync(path, {throwIfNoEntry: false})?.size ?? 0;
  }

  /** Bytes that are here. */
  get offset(): number {
    return this.#offset;
  }

  /** A chunk that is too long or of another length than promised leaves the upload as it was. */
  append(chunk: Chunk): Promise<void> {
    return this.#alone(chunk, () => this.#append(chunk));
  }

  /**
   * The last chunk, if any, then `keep` with the file, which it moves away, and its true digest. When that refuses the
   * blob the upload is over.
   */
  complete(chunk: Chunk, keep: (draft: string, digest: Digest) => Promise<void>): Promise<void> {
    return this.#alone(chunk, async () => {
      await this.#append(chunk);
      const digest = finish((await this.#hashSoFar()).copy());
      try {
        await keep(this.#path, digest);
      } catch (error) {
        if (error instanceof Refusal) rmSync(this.#path, {force: true});
        throw error;
      }
    });
  }

  cancel(): Promise<void> {
    this.#writing?.abandon();
    return this.#turn(async () => rmSync(this.#path, {force: true}));
  }

  #alone(chunk: Chunk, act: () => Promise<void>): Promise<void> {
    this.#writing?.abandon();
    this.#writing = chunk;
    return this.#turn(async () => {
      if (!existsSync(this.#path)) throw uploadUnknown();
      if (this.#writing !== chunk) throw superseded();
      try {
        await act();
      } finally {
        if (this.#writing === chunk) this.#writing = undefined;
      }
    });
  }

  async #append(chunk: Chunk): Promise<void> {
    const start = this.#offset;
    if (chunk.start !== undefined && chunk.start !== start) throw outOfOrder(chunk.start, start);
    const most = chunk.length ?? this.#limit - start;
    if (start + most > this.#limit) throw tooLarge(this.#limit);
    const hash = await this.#hashSoFar();
    const before = hash.copy();
    try {
      await this.#write(chunk.bytes, hash, start + most);
      if (chunk.length !== undefined && this.#offset !== start + most) {
        throw sizeInvalid(`want ${most} bytes as promised, got ${this.#offset - start}`);
      }
    } catch (error) {
      // Of a cut connection all that came stays; of a refused chunk nothing.
      if (error instanceof Refusal) [this.#offset, this.#hash] = [start, before];
      truncateSync(this.#path, this.#offset);
      throw error;
    }
  }

  async #write(bytes: AsyncIterable<Uint8Array>, hash: Hash, end: number): Promise<void> {
    const file = new DurableFile(this.#path, 'a');
    try {
      for await (const chunk of bytes) {
        if (this.#offset + chunk.byteLength > end) {
          throw end === this.#limit ? tooLarge(end) : sizeInvalid('more bytes came than promised');
        }
        file.write(chunk);
        hash.update(chunk);
        this.#offset += chunk.byteLength;
      }
    } finally {
      await file.close();
    }
  }

  /** Read again after a restart. */
  async #hashSoFar(): Promise<Hash> {
    if (this.#hash !== undefined) return this.#hash;
    const hash = createHash('sha256');
    const stream = createReadStream(this.#path, {highWaterMark: 1024 * 1024});
    for await (const chunk of stream) hash.update(chunk as Buffer);
    this.#hash = hash;
    return hash;
  }
}

/** Source  OCI distribution-spec v1.1.1 § Pushing a blob in chunks: 416 when a chunk is out of order. */
const outOfOrder = (got: number, want: number): Refusal =>
  new Refusal([416, 'BLOB_UPLOAD_INVALID'], `chunk out of order: want byte ${want}, got ${got}`);

const superseded = (): Refusal =>
  new Refusal([409, 'BLOB_UPLOAD_INVALID'], 'another request goes on with this upload');
