/**
 * The summary of a layer whose files are known in the order of its tar: headers and content pushed, nothing read again.
 *
 * Gives what `summarize` gives for the directory that holds the same files.
 */
import {createHash} from 'node:crypto';
import {
  BLOCK,
  setModificationTime,
  type TarHeader,
  writeHeaderBlock,
} from '../archive/tar-header.js';
import {END_OF_ARCHIVE, extendedHeader, paddingOf} from '../archive/tar-writer.js';
import {finish} from '../oci/digest.js';
import type {LayerSummary} from './layer-summary.js';
import {LARGE_FILE} from './layer-tar.js';

const ZERO_TIME = {mtime: 0};
/** Small enough to stay in a processor's cache between the reading and the two hashes. */
const FLUSH_AT = 1 << 18;

export class TarHasher {
  /** Where `reserve` makes room. */
  readonly buffer = Buffer.allocUnsafeSlow(LARGE_FILE + FLUSH_AT + 4 * BLOCK);
  readonly #whole = createHash('sha256');
  readonly #content = createHash('sha256');
  #times: number[] = [];
  #length = 0;
  #size = 0;

  header(header: TarHeader): void {
    if (this.#length >= FLUSH_AT) this.#flush();
    const extended = extendedHeader(header);
    if (extended !== undefined) this.#append(extended);
    writeHeaderBlock(this.buffer, this.#length, header, ZERO_TIME);
    this.#times.push(this.#length, header.mtime);
    this.#length += BLOCK;
  }

  /** Room for the content of the last header, below LARGE_FILE: the caller fills it before anything else. Zeros follow. */
  reserve(size: number): number {
    const at = this.#length;
    const end = at + size + paddingOf(size);
    this.buffer.fill(0, at + size, end);
    this.#length = end;
    return at;
  }

  /** A piece of content of LARGE_FILE or more. */
  large(bytes: Buffer): void {
    if (this.#length > 0) this.#flush();
    this.#whole.update(bytes);
    this.#size += bytes.length;
  }

  /** After the last piece: the file's size and its sha256, hexadecimal. */
  endLarge(size: number, digest: string): void {
    this.#content.update(Buffer.from(digest, 'hex'));
    const padding = paddingOf(size);
    this.buffer.fill(0, this.#length, this.#length + padding);
    this.#length += padding;
  }

  finish(): LayerSummary {
    this.#append(Buffer.alloc(END_OF_ARCHIVE));
    this.#flush();
    return {
      diffID: finish(this.#whole),
      size: this.#size,
      contentDigest: finish(this.#content),
    };
  }

  #append(bytes: Buffer): void {
    if (this.#length + bytes.length > FLUSH_AT) this.#flush();
    if (bytes.length > FLUSH_AT) {
      this.#content.update(bytes);
      this.#whole.update(bytes);
      this.#size += bytes.length;
      return;
    }
    bytes.copy(this.buffer, this.#length);
    this.#length += bytes.length;
  }

  #flush(): void {
    const bytes = this.buffer.subarray(0, this.#length);
    this.#content.update(bytes);
    for (let index = 0; index < this.#times.length; index += 2) {
      const [at, time] = [this.#times[index] as number, this.#times[index + 1] as number];
      setModificationTime(this.buffer, at, time);
    }
    this.#whole.update(bytes);
    this.#size += bytes.length;
    this.#times = [];
    this.#length = 0;
  }
}
