/**
 * A file that is written front to back and durable at its end, with little left to wait for then: writing to the disk
 * begins while the bytes still arrive.
 */
import {closeSync, fdatasync, fsync, openSync, writeSync} from 'node:fs';
import {promisify} from 'node:util';

const syncAll = promisify(fsync);

/** Bytes after which writing to the disk begins. */
const SYNC_EVERY = 32 * 1024 * 1024;

export class DurableFile {
  /** For others to write to, who tell by `wrote`. */
  readonly fd: number;
  #unsynced = 0;
  #early: Promise<unknown> = Promise.resolve();

  /** `flags` as open(2) has them: `wx` for a new file, `a` to go on. */
  constructor(path: string, flags: 'wx' | 'a') {
    this.fd = openSync(path, flags, 0o644);
  }

  write(chunk: Uint8Array): void {
    for (let done = 0; done < chunk.byteLength; ) done += writeSync(this.fd, chunk, done);
    this.wrote(chunk.byteLength);
  }

  wrote(bytes: number): void {
    this.#unsynced += bytes;
    if (this.#unsynced < SYNC_EVERY) return;
    this.#unsynced = 0;
    // A failure of an early sync shows up in the last one as well.
    this.#early = this.#early.then(() => new Promise((done) => fdatasync(this.fd, done)));
  }

  /** After return all that was written outlives a power cut. */
  async sync(): Promise<void> {
    await this.#early;
    await syncAll(this.fd);
  }

  async close(): Promise<void> {
    await this.#early;
    closeSync(this.fd);
  }
}
