/** A blob whose file is open for a program to read, and is checked where it is meanwhile. */
import {createHash} from 'node:crypto';
import {closeSync, openSync, readSync} from 'node:fs';
import {setImmediate as turn} from 'node:timers/promises';
import {DigestMismatchError} from '../content/errors.js';
import {type Digest, finish} from '../oci/digest.js';

/** Bytes: as much as a processor's cache holds beside other work. */
const PIECE = 1 << 18;

export class BlobFile implements Disposable {
  readonly fd: number;
  readonly #digest: Digest;
  readonly #onMismatch: () => void;
  #isOpen = true;

  /** `onMismatch` hears first of bytes that are not the promised ones. Throws what opening a file does. */
  constructor(path: string, digest: Digest, onMismatch: () => void) {
    this.fd = openSync(path, 'r');
    this.#digest = digest;
    this.#onMismatch = onMismatch;
  }

  /** Throws DigestMismatchError. Ends early, and says nothing, when the file is closed meanwhile. */
  async settle(): Promise<void> {
    const hash = createHash('sha256');
    const piece = Buffer.allocUnsafeSlow(PIECE);
    for (let at = 0; this.#isOpen; await turn()) {
      const length = readSync(this.fd, piece, 0, PIECE, at);
      if (length === 0) return this.#compare(finish(hash));
      hash.update(piece.subarray(0, length));
      at += length;
    }
  }

  #compare(got: Digest): void {
    if (got === this.#digest) return;
    this.#onMismatch();
    throw new DigestMismatchError(this.#digest, got);
  }

  [Symbol.dispose](): void {
    if (this.#isOpen) closeSync(this.fd);
    this.#isOpen = false;
  }
}
