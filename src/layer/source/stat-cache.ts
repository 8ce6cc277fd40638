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
import {ENTRY, StatEntries as Entries} from './stat-entries.js';

const MAGIC = 0x32736373;
/** Magic number, number of entries, sha256 of these. */
const HEADER = 8 + 32;
const MAX_ENTRIES = 500_000;
const RACY = 2000;
const DAY = 24 * 60 * 60 * 1000;

export class StatCache {
  readonly #path: string | undefined;
  readonly #began = now().getTime();
  readonly #known: Entries;
  readonly #used: Uint8Array;
  readonly #added = new Entries();

  /** A file that is absent, or not whole, is an empty cache; without a path nothing is kept. */
  constructor(path: string | undefined) {
    this.#path = path;
    const data = path === undefined ? undefined : read(path);
    this.#known = data === undefined ? new Entries() : Entries.in(data.subarray(HEADER));
    this.#used = new Uint8Array(this.#known.count);
  }

  /** Hexadecimal. */
  find(stat: Stats): string | undefined {
    const at = this.#known.find(stat);
    if (at === undefined) return undefined;
    this.#used[at] = 1;
    return this.#known.digest(at);
  }

  add(stat: Stats, digest: string): void {
    // An inode number past 53 bits is not exact here.
    if (this.#path === undefined || !Number.isSafeInteger(stat.ino)) return;
    if (this.#began - stat.ctimeMs < RACY || this.#added.count >= MAX_ENTRIES) return;
    this.#added.add(stat, digest);
  }

  /** Writes the cache when there is something new in it. Its mtime tells, to a day, when it was of use. */
  save(): void {
    if (this.#path === undefined) return;
    if (this.#added.count > 0) this.#write(this.#path);
    else if (this.#used.includes(1)) touch(this.#path);
  }

  #write(path: string): void {
    const added = this.#added;
    const inodes = new Set(added.inodes());
    for (const used of [1, 0]) {
      for (let at = 0; at < this.#known.count && added.count < MAX_ENTRIES; at++) {
        if (this.#used[at] !== used || inodes.has(this.#known.inode(at))) continue;
        added.addFrom(this.#known, at);
      }
    }
    const data = Buffer.alloc(HEADER + added.count * ENTRY);
    data.writeUInt32LE(MAGIC, 0);
    data.writeUInt32LE(added.count, 4);
    added.writeSorted(data.subarray(HEADER));
    digestOfEntries(data).copy(data, 8);
    const draft = `${path}.${randomBytes(6).toString('hex')}.draft`;
    replaceFile({path, draft, mode: 0o600, durable: false}, data);
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
