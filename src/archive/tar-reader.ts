/**
 * Tar bytes pushed in, entries out: synchronous, so that a hot loop can drive it.
 *
 * Takes   chunks of any size through `push`, then `finish`.
 * Calls   `entry` once per file, then `data` with its stored bytes (in a sparse file: its segments, in order) as views
 *         into the chunk pushed, then `close`.
 * Throws  TarFormatError, TarTruncatedError, TarLimitError; what a sink throws passes through. After a throw the reader is spent.
 * Bounds  names 64 KiB, extended headers 1 MiB, sparse maps a million segments.
 */
import {TarFormatError, TarLimitError, TarTruncatedError} from './errors.js';
import {type Extensions, type ResolvedHeader, resolveHeader} from './tar-extended.js';
import {
  BLOCK,
  type DataSegment,
  isZeroBlock,
  parseHeader,
  type RawHeader,
  type TarHeader,
} from './tar-header.js';
import {type PaxRecord, parsePax} from './tar-pax.js';
import * as sparse from './tar-sparse.js';
import {paddingOf} from './tar-writer.js';

export interface TarSink {
  entry(header: TarHeader): void;
  data(bytes: Buffer): void;
  close(): void;
}

const MAX_EXTENDED = 1 << 20;
const MAX_NAME = 1 << 16;
const MAX_SPARSE_MAP = sparse.MAX_SEGMENTS * 40;

type State =
  | {readonly at: 'header'}
  /** A block list or a text that is collected whole before the entry is known. */
  | {readonly at: 'collect'; readonly done: (bytes: Buffer) => void}
  | {readonly at: 'data'}
  | {readonly at: 'end'};

export class TarReader {
  readonly #sink: TarSink;
  #state: State = {at: 'header'};
  /** Bytes consumed before the chunk at hand. */
  #consumed = 0;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #wanted = BLOCK;
  #left = 0;
  #padding = 0;
  #extensions: Extensions = {pax: [], longName: undefined, longLink: undefined};
  #extended = false;
  #headerAt = 0;

  constructor(sink: TarSink) {
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    let from = 0;
    while (from < chunk.length && this.#state.at !== 'end') {
      from = this.#state.at === 'data' ? this.#passData(chunk, from) : this.#gather(chunk, from);
    }
    this.#consumed += chunk.length;
  }

  /** Says that no more bytes come. An archive may end without its two zero blocks, but not inside an entry. */
  finish(): void {
    const inside = this.#state.at === 'data' || this.#state.at === 'collect';
    if (inside || this.#heldBytes > 0 || this.#extended) {
      const missing = this.#state.at === 'data' ? this.#left + this.#padding : this.#wanted;
      throw new TarTruncatedError(this.#consumed, Math.max(1, missing - this.#heldBytes));
    }
    this.#state = {at: 'end'};
  }

  #passData(chunk: Buffer, start: number): number {
    let from = start;
    if (this.#left > 0) {
      const end = Math.min(chunk.length, from + this.#left);
      this.#sink.data(chunk.subarray(from, end));
      this.#left -= end - from;
      from = end;
      if (this.#left > 0) return from;
    }
    const skip = Math.min(chunk.length - from, this.#padding);
    this.#padding -= skip;
    if (this.#padding === 0) {
      this.#sink.close();
      this.#expect(BLOCK, {at: 'header'});
    }
    return from + skip;
  }

  /** Collects `#wanted` bytes, without a copy when the chunk has them all. */
  #gather(chunk: Buffer, from: number): number {
    const end = Math.min(chunk.length, from + this.#wanted - this.#heldBytes);
    const piece = chunk.subarray(from, end);
    if (this.#heldBytes === 0 && piece.length === this.#wanted) {
      this.#headerAt = this.#consumed + from;
      this.#gathered(piece);
      return end;
    }
    // The caller may reuse its chunk.
    this.#held.push(Buffer.from(piece));
    this.#heldBytes += piece.length;
    if (this.#heldBytes === this.#wanted) {
      const whole = Buffer.concat(this.#held);
      this.#held = [];
      this.#heldBytes = 0;
      this.#headerAt = this.#consumed + end - whole.length;
      this.#gathered(whole);
    }
    return end;
  }

  #gathered(bytes: Buffer): void {
    if (this.#state.at === 'collect') this.#state.done(bytes);
    else this.#header(bytes);
  }

  #expect(bytes: number, state: State): void {
    this.#wanted = bytes;
    this.#state = state;
  }

  #collect(size: number, limit: number, done: (bytes: Buffer) => void): void {
    if (size > limit) throw new TarLimitError('extended header', limit, size);
    const next = (bytes: Buffer) => {
      this.#expect(BLOCK, {at: 'header'});
      done(bytes.subarray(0, size));
    };
    if (size === 0) next(Buffer.alloc(0));
    else this.#expect(size + paddingOf(size), {at: 'collect', done: next});
  }

  #header(block: Buffer): void {
    const at = this.#headerAt;
    if (isZeroBlock(block)) {
      if (this.#extended) throw new TarFormatError('extended header without an entry', at);
      this.#state = {at: 'end'};
      return;
    }
    const raw = parseHeader(block, at);
    if (raw.size < 0) throw new TarFormatError(`negative size ${raw.size}`, at);
    if (this.#extendedHeader(raw, at)) return;
    if (raw.typeFlag === 'S') this.#oldSparse(raw, block, at);
    else this.#plain(raw, at);
  }

  #extendedHeader(raw: RawHeader, at: number): boolean {
    const text = (bytes: Buffer) => {
      const end = bytes.indexOf(0);
      return bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
    };
    switch (raw.typeFlag) {
      case 'x':
        this.#extended = true;
        this.#collect(raw.size, MAX_EXTENDED, (bytes) => {
          this.#extensions.pax = parsePax(bytes, at);
        });
        return true;
      case 'g':
        this.#collect(raw.size, MAX_EXTENDED, (bytes) => parsePax(bytes, at));
        return true;
      case 'L':
        this.#extended = true;
        this.#collect(raw.size, MAX_NAME, (bytes) => {
          this.#extensions.longName = text(bytes);
        });
        return true;
      case 'K':
        this.#extended = true;
        this.#collect(raw.size, MAX_NAME, (bytes) => {
          this.#extensions.longLink = text(bytes);
        });
        return true;
      default:
        return false;
    }
  }

  #plain(raw: RawHeader, at: number): void {
    const records: readonly PaxRecord[] = this.#extensions.pax;
    const map = records.length === 0 ? undefined : sparse.paxSparse(records, at);
    const header = resolveHeader(raw, this.#extensions, map, at);
    if (map === undefined) this.#open(header, undefined);
    else if (map.segments === undefined) this.#leadingMap(header, Buffer.alloc(0), at);
    else this.#open(header, {segments: map.segments, stored: header.stored});
  }

  #oldSparse(raw: RawHeader, block: Buffer, at: number): void {
    const size = sparse.oldSparseSize(block, at);
    const first = sparse.oldSparseMap(block, at, sparse.OLD_SPARSE_HEADER);
    const segments = first.segments;
    const name = {name: undefined, size, segments};
    const header = resolveHeader(raw, this.#extensions, name, at);
    const done = () => this.#open(header, {segments, stored: header.stored});
    const more = () =>
      this.#collect(BLOCK, BLOCK, (bytes) => {
        const next = sparse.oldSparseMap(bytes, at, sparse.OLD_SPARSE_BLOCK);
        segments.push(...next.segments);
        if (segments.length > sparse.MAX_SEGMENTS) {
          throw new TarLimitError('sparse map', sparse.MAX_SEGMENTS, segments.length);
        }
        if (next.more) more();
        else done();
      });
    if (first.more) more();
    else done();
  }

  /** PAX format 1.0: reads the map block by block from the beginning of the data. */
  #leadingMap(header: ResolvedHeader, before: Buffer, at: number): void {
    if (before.length + BLOCK > Math.min(header.stored, MAX_SPARSE_MAP)) {
      throw new TarFormatError('sparse map longer than the data', at);
    }
    this.#collect(BLOCK, BLOCK, (block) => {
      const bytes = Buffer.concat([before, block]);
      const map = sparse.leadingMap(bytes, at);
      if (map === undefined) this.#leadingMap(header, bytes, at);
      else this.#open(header, {segments: map.segments, stored: header.stored - bytes.length});
    });
  }

  #open(
    header: ResolvedHeader,
    map: {segments: readonly DataSegment[]; stored: number} | undefined,
  ): void {
    const {stored, ...plain} = header;
    if (plain.name.length > MAX_NAME || plain.linkName.length > MAX_NAME) {
      throw new TarLimitError('name', MAX_NAME, Math.max(plain.name.length, plain.linkName.length));
    }
    this.#extensions = {pax: [], longName: undefined, longLink: undefined};
    this.#extended = false;
    this.#left = map?.stored ?? stored;
    if (map !== undefined) {
      const sizes = {file: plain.size, stored: map.stored};
      sparse.checkSparse(map.segments, sizes, this.#headerAt);
    }
    this.#padding = paddingOf(this.#left);
    this.#sink.entry(map === undefined ? plain : {...plain, sparse: map.segments});
    if (this.#left === 0) {
      this.#sink.close();
      this.#expect(BLOCK, {at: 'header'});
    } else {
      this.#state = {at: 'data'};
    }
  }
}
