/**
 * A file while it is written: who reads it gets what is there, and waits for the rest.
 *
 * Whole, it may be renamed at once; who opened it goes on.
 */
import {closeSync, openSync, readSync} from 'node:fs';
import {Bug} from '../base/bug.js';
import type {Descriptor} from '../oci/descriptor.js';

const PIECE = 1 << 18;

export interface GrowingReader extends Disposable {
  /** From the start; new buffers. Throws what the writing failed with. */
  read(): AsyncGenerator<Buffer, void, undefined>;
}

export class GrowingFile {
  readonly #path: string;
  #size = 0;
  #end: {readonly blob: Descriptor} | {readonly error: unknown} | undefined;
  #waiting: (() => void)[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  grew(bytes: number): void {
    this.#size += bytes;
    this.#wake();
  }

  ended(end: {readonly blob: Descriptor} | {readonly error: unknown}): void {
    this.#end = end;
    this.#wake();
  }

  /** What it came to, once it is whole. */
  get blob(): Descriptor | undefined {
    return this.#end !== undefined && 'blob' in this.#end ? this.#end.blob : undefined;
  }

  /** False when it ends before it has more bytes than that. */
  async exceeds(size: number): Promise<boolean> {
    while (this.#size <= size && this.#end === undefined) await this.#change();
    return this.#size > size;
  }

  /** Throws what opening a file does. */
  open(): GrowingReader {
    const file = openSync(this.#path, 'r');
    let isOpen = true;
    return {
      read: () =>
        this.#read((piece, at) => (isOpen ? readSync(file, piece, 0, piece.length, at) : 0)),
      [Symbol.dispose]() {
        if (isOpen) closeSync(file);
        isOpen = false;
      },
    };
  }

  async *#read(
    readAt: (piece: Buffer, at: number) => number,
  ): AsyncGenerator<Buffer, void, undefined> {
    for (let at = 0; ; ) {
      while (at < this.#size) {
        const piece = Buffer.allocUnsafeSlow(Math.min(PIECE, this.#size - at));
        const length = readAt(piece, at);
        if (length === 0)
          throw new Bug('a file that grows was cut, or is read after it was closed');
        at += length;
        yield piece.subarray(0, length);
      }
      if (this.#end !== undefined && 'error' in this.#end) throw this.#end.error;
      if (this.#end !== undefined) return;
      await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
