/**
 * sha256 of files by what stat(2) says of them: a file whose device, inode, size, mtime and ctime are known is not read.
 *
 * A digest is kept only when the file's ctime lay 2 s or more before the reading began: a later write within the same
 * tick of the clock could leave all five numbers as they are. The file is bounded, and replaced whole; it is not synced, but
 * knows its own digest, so that one which a power cut has torn is as good as none.
 */
import {createHash, randomBytes} from 'node:crypto';
import {readFileSync, type Stats, statSync, utimesSync} from 'node:fs';
import {replaceFile} from '../../base/atomic-file.js';
import {now} from '../../base/clock.js';

const MAGIC = 0x32736373;
/** Magic number, number of entries, sha256 of these. */
const HEADER = 8 + 32;
const NUMBERS = 5;
const DIGEST = 32;
const ENTRY = NUMBERS * 8 + DIGEST;
const MAX_ENTRIES = 500_000;
const RACY = 2000;
const DAY = 24 * 60 * 60 * 1000;

interface NewEntry {
  readonly numbers: readonly number[];
  readonly digest: string;
}

const numbersOf = (stat: Stats): number[] => [
  stat.ino,
  stat.dev,
  stat.size,
  stat.mtimeMs,
  stat.ctimeMs,
];

export class StatCache {
  readonly #path: string | undefined;
  readonly #began = now().getTime();
  readonly #count: number;
  /** Entry after entry five numbers, ascending by inode. */
  readonly #numbers: Float64Array;
  readonly #digests: Buffer;
  readonly #used: Uint8Array;
  readonly #added: NewEntry[] = [];

  /** A file that is absent, or not whole, is an empty cache; without a path nothing is kept. */
  constructor(path: string | undefined) {
    this.#path = path;
    const data = path === undefined ? undefined : read(path);
    this.#count = data === undefined ? 0 : (data.length - HEADER) / ENTRY;
    const numbers = data?.subarray(HEADER, HEADER + this.#count * NUMBERS * 8);
    this.#numbers =
      numbers === undefined
        ? new Float64Array()
        : new Float64Array(new Uint8Array(numbers).buffer, 0, this.#count * NUMBERS);
    this.#digests = data?.subarray(HEADER + this.#count * NUMBERS * 8) ?? Buffer.alloc(0);
    this.#used = new Uint8Array(this.#count);
  }

  /** Hexadecimal. */
  find(stat: Stats): string | undefined {
    const wanted = numbersOf(stat);
    const inode = wanted[0] as number;
    for (let at = this.#firstOf(inode); this.#numbers[at * NUMBERS] === inode; at++) {
      const same = wanted.every((value, index) => this.#numbers[at * NUMBERS + index] === value);
      if (!same) continue;
      this.#used[at] = 1;
      return this.#digests.toString('hex', at * DIGEST, (at + 1) * DIGEST);
    }
    return undefined;
  }

  add(stat: Stats, digest: string): void {
    // An inode number past 53 bits is not exact here.
    if (this.#path === undefined || !Number.isSafeInteger(stat.ino)) return;
    if (this.#began - stat.ctimeMs < RACY) return;
    this.#added.push({numbers: numbersOf(stat), digest});
  }

  /** Writes the cache when there is something new in it. Its mtime tells, to a day, when it was of use. */
  save(): void {
    if (this.#path === undefined) return;
    if (this.#added.length > 0) this.#write(this.#path);
    else if (this.#used.includes(1)) touch(this.#path);
  }

  #write(path: string): void {
    const inodes = new Set(this.#added.map(({numbers}) => numbers[0]));
    const entries = [...this.#added, ...this.#kept(inodes, 1), ...this.#kept(inodes, 0)];
    const sorted = entries
      .slice(0, MAX_ENTRIES)
      .sort((left, right) => (left.numbers[0] as number) - (right.numbers[0] as number));
    const data = Buffer.alloc(HEADER + sorted.length * ENTRY);
    data.writeUInt32LE(MAGIC, 0);
    data.writeUInt32LE(sorted.length, 4);
    const numbers = new Float64Array(sorted.length * NUMBERS);
    for (const [at, entry] of sorted.entries()) {
      numbers.set(entry.numbers, at * NUMBERS);
      data.write(entry.digest, HEADER + sorted.length * NUMBERS * 8 + at * DIGEST, 'hex');
    }
    Buffer.from(numbers.buffer).copy(data, HEADER);
    digestOfEntries(data).copy(data, 8);
    const draft = `${path}.${randomBytes(6).toString('hex')}.draft`;
    replaceFile({path, draft, mode: 0o600, durable: false}, data);
  }

  *#kept(replaced: ReadonlySet<number | undefined>, used: number): Generator<NewEntry> {
    for (let at = 0; at < this.#count; at++) {
      const numbers = [...this.#numbers.subarray(at * NUMBERS, (at + 1) * NUMBERS)];
      if (this.#used[at] !== used || replaced.has(numbers[0])) continue;
      yield {numbers, digest: this.#digests.toString('hex', at * DIGEST, (at + 1) * DIGEST)};
    }
  }

  #firstOf(inode: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#numbers[middle * NUMBERS] as number) < inode) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function touch(path: string): void {
  const time = now();
  const {mtimeMs = time.getTime()} = statSync(path, {throwIfNoEntry: false}) ?? {};
  if (time.getTime() - mtimeMs < DAY) return;
  try {
    utimesSync(path, time, time);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function read(path: string): Buffer | undefined {
  let data: Buffer;
  try {
    data = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const whole =
    data.length >= HEADER &&
    data.readUInt32LE(0) === MAGIC &&
    data.length === HEADER + data.readUInt32LE(4) * ENTRY &&
    digestOfEntries(data).equals(data.subarray(8, HEADER));
  return whole ? data : undefined;
}

const digestOfEntries = (data: Buffer): Buffer =>
  createHash('sha256').update(data.subarray(HEADER)).digest();
