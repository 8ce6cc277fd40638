/**
 * One blob on its way from upstream to the disk, and any number of clients that read it meanwhile, each at its own pace.
 *
 * The last byte is given out when the whole is verified and kept, so wrong bytes end as a cut connection, never as a blob. Clients
 * that leave do not end it: the next one finds the blob here.
 */
import {rmSync} from 'node:fs';
import {open} from 'node:fs/promises';
import {DurableFile} from '../../store/durable-file.js';

export interface FillOptions {
  /** A path where nothing is yet. */
  readonly draft: string;
  readonly size: number;
  readonly content: AsyncIterable<Uint8Array>;
  /** Where it belongs. */
  readonly path: string;
  /** Moves it there. */
  readonly keep: (draft: string) => Promise<void>;
}

/** Bytes. */
const READ_AT_ONCE = 512 * 1024;

export class Fill {
  readonly size: number;
  /** Settles when the blob is kept; rejects with what went wrong. */
  readonly done: Promise<void>;
  readonly #options: FillOptions;
  readonly #target: DurableFile;
  #written = 0;
  #outcome: {readonly failure?: unknown} | undefined;
  #waiting: (() => void)[] = [];

  constructor(options: FillOptions) {
    this.#options = options;
    this.size = options.size;
    this.#target = new DurableFile(options.draft, 'wx');
    this.done = this.#run();
  }

  /** Bytes from `start` to `end`, inclusive, as they come. Throws what the fill failed with. */
  async *read(start: number, end: number): AsyncGenerator<Uint8Array, void, undefined> {
    const {draft, path} = this.#options;
    // One that was kept meanwhile has moved.
    await using file = await open(draft).catch(() => open(path));
    for (let at = start; at <= end; ) {
      const until = Math.min(end + 1, await this.#availableAt(at), at + READ_AT_ONCE);
      const {bytesRead, buffer} = await file.read(
        Buffer.allocUnsafe(until - at),
        0,
        until - at,
        at,
      );
      yield buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  }

  async #run(): Promise<void> {
    const {draft, content, keep} = this.#options;
    try {
      await this.#write(content);
      await keep(draft);
      this.#end({});
    } catch (failure) {
      rmSync(draft, {force: true});
      this.#end({failure});
      throw failure;
    }
  }

  async #write(content: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      for await (const chunk of content) {
        this.#target.write(chunk);
        this.#written += chunk.byteLength;
        this.#wake();
      }
    } finally {
      await this.#target.close();
    }
  }

  /** Where the bytes end that may be given out; beyond `at`. */
  async #availableAt(at: number): Promise<number> {
    for (;;) {
      if (this.#outcome !== undefined && 'failure' in this.#outcome) throw this.#outcome.failure;
      const end = this.#outcome === undefined ? Math.min(this.#written, this.size - 1) : this.size;
      if (end > at) return end;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #end(outcome: {readonly failure?: unknown}): void {
    this.#outcome = outcome;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
