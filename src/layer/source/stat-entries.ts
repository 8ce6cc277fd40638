/**
 * Digests by what stat(2) says, packed: 72 bytes a file, where an object each would take 250.
 *
 * Five numbers an entry (inode, device, size, mtime and ctime in milliseconds), all numbers before all digests.
 */
import type {Stats} from 'node:fs';

const NUMBERS = 5;
const DIGEST = 32;
/** Bytes. */
export const ENTRY = NUMBERS * 8 + DIGEST;
const FIRST = 1024;

export class StatEntries {
  count = 0;
  #numbers = new Float64Array();
  #digests: Buffer = Buffer.alloc(0);

  /** Those that `writeSorted` wrote. */
  static in(data: Buffer): StatEntries {
    const entries = new StatEntries();
    entries.count = data.length / ENTRY;
    const numbers = data.subarray(0, entries.count * NUMBERS * 8);
    entries.#numbers = new Float64Array(new Uint8Array(numbers).buffer);
    entries.#digests = data.subarray(numbers.length);
    return entries;
  }

  inode(at: number): number {
    return this.#numbers[at * NUMBERS] as number;
  }

  *inodes(): Generator<number, void, undefined> {
    for (let at = 0; at < this.count; at++) yield this.inode(at);
  }

  /** Hexadecimal. */
  digest(at: number): string {
    return this.#digests.toString('hex', at * DIGEST, (at + 1) * DIGEST);
  }

  /** Where it is, among entries in the order of their inodes. */
  find(stat: Stats): number | undefined {
    for (let at = this.#firstOf(stat.ino); this.inode(at) === stat.ino; at++) {
      const from = at * NUMBERS;
      if (
        this.#numbers[from + 1] === stat.dev &&
        this.#numbers[from + 2] === stat.size &&
        this.#numbers[from + 3] === stat.mtimeMs &&
        this.#numbers[from + 4] === stat.ctimeMs
      ) {
        return at;
      }
    }
    return undefined;
  }

  add({ino, dev, size, mtimeMs, ctimeMs}: Stats, digest: string): void {
    this.#makeRoom();
    this.#numbers.set([ino, dev, size, mtimeMs, ctimeMs], this.count * NUMBERS);
    this.#digests.fill(0, this.count * DIGEST, (this.count + 1) * DIGEST);
    this.#digests.write(digest, this.count * DIGEST, 'hex');
    this.count++;
  }

  addFrom(other: StatEntries, at: number): void {
    this.#makeRoom();
    const numbers = other.#numbers.subarray(at * NUMBERS, (at + 1) * NUMBERS);
    this.#numbers.set(numbers, this.count * NUMBERS);
    other.#digests.copy(this.#digests, this.count * DIGEST, at * DIGEST, (at + 1) * DIGEST);
    this.count++;
  }

  /** In the order of their inodes. `into` is `count` times ENTRY bytes. */
  writeSorted(into: Buffer): void {
    const order = Uint32Array.from({length: this.count}, (_, at) => at);
    order.sort((left, right) => this.inode(left) - this.inode(right));
    const numbers = new Float64Array(this.count * NUMBERS);
    const digests = into.subarray(this.count * NUMBERS * 8);
    for (const [at, from] of order.entries()) {
      numbers.set(this.#numbers.subarray(from * NUMBERS, (from + 1) * NUMBERS), at * NUMBERS);
      this.#digests.copy(digests, at * DIGEST, from * DIGEST, (from + 1) * DIGEST);
    }
    Buffer.from(numbers.buffer).copy(into);
  }

  #firstOf(inode: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.inode(middle) < inode) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #makeRoom(): void {
    if (this.count * NUMBERS < this.#numbers.length) return;
    const size = Math.max(FIRST, this.count * 2);
    const numbers = new Float64Array(size * NUMBERS);
    numbers.set(this.#numbers);
    this.#numbers = numbers;
    this.#digests = Buffer.concat([this.#digests], size * DIGEST);
  }
}
