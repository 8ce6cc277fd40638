import {ftruncateSync, writeSync} from 'node:fs';
import type {TarHeader} from '../../archive/tar-header.js';

/** Writes a tar entry's stored bytes to where they belong in its file: one after the other, or by the sparse map. */
export class SegmentWriter {
  readonly #file: number;
  readonly #header: TarHeader;
  #segment = 0;
  #inSegment = 0;

  constructor(file: number, header: TarHeader) {
    this.#file = file;
    this.#header = header;
  }

  write(bytes: Buffer): void {
    const {sparse} = this.#header;
    if (sparse === undefined) {
      writeAll(this.#file, bytes, null);
      return;
    }
    for (let from = 0; from < bytes.length; ) {
      const segment = sparse[this.#segment];
      if (segment === undefined) return;
      const length = Math.min(bytes.length - from, segment.length - this.#inSegment);
      const position = segment.offset + this.#inSegment;
      writeAll(this.#file, bytes.subarray(from, from + length), position);
      from += length;
      this.#inSegment += length;
      if (this.#inSegment < segment.length) continue;
      this.#segment++;
      this.#inSegment = 0;
    }
  }

  /** Gives a sparse file its size: it may end in a hole. */
  end(): void {
    if (this.#header.sparse !== undefined) ftruncateSync(this.#file, this.#header.size);
  }
}

function writeAll(file: number, bytes: Buffer, position: number | null): void {
  for (let from = 0; from < bytes.length; ) {
    const at = position === null ? null : position + from;
    from += writeSync(file, bytes, from, bytes.length - from, at);
  }
}
