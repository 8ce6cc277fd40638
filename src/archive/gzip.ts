/**
 * Reproducible gzip: equal bytes give equal output, whatever the chunks they come in and however many processors work.
 *
 * One member without name and time, OS 255. Its deflate stream is cut into blocks of 1 MiB that are compressed side by
 * side, each with the last 32 KiB before it as dictionary, and end at a byte (a sync flush), as pigz makes them. In a block what is
 * noise is stored: zlib takes as long to find nothing in it as for anything else.
 * The bytes depend on the level and on Node's zlib: a blob that was sent is kept, not made again.
 * Source  RFC 1952; RFC 1951.
 */
import {availableParallelism} from 'node:os';
import {promisify} from 'node:util';
import * as zlib from 'node:zlib';
import {partsOf} from './noise.js';

export interface GzipOptions {
  /** 0 to 9; 4 unless said. */
  readonly level?: number;
}

/** Measured in the README. */
export const USUAL_LEVEL = 4;

/** Node's pool has no more unless told: further blocks would wait there. */
const THREADS = 4;

const BLOCK = 1 << 20;
const WINDOW = 1 << 15;
/** From here on everything is tried. */
const THOROUGH = 7;
const STORED_MOST = 0xffff;
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

const deflate = promisify(zlib.deflateRaw) as (
  data: Uint8Array,
  options: zlib.ZlibOptions,
) => Promise<Buffer>;

export async function* gzip(
  chunks: AsyncIterable<Uint8Array>,
  {level = USUAL_LEVEL}: GzipOptions = {},
): AsyncGenerator<Buffer, void, undefined> {
  const ahead: Promise<readonly Buffer[]>[] = [];
  // More than are worked at: who takes them has other work, and comes late.
  const atOnce = 2 * Math.min(availableParallelism(), THREADS) + 2;
  let dictionary: Buffer | undefined;
  let held: Buffer | undefined;
  let crc = 0;
  let size = 0;
  const begin = (block: Buffer, isLast: boolean): void => {
    const work = Promise.all(packed(block, {level, isLast, dictionary}));
    work.catch(() => undefined);
    ahead.push(work);
    dictionary = block.subarray(-WINDOW);
  };

  yield HEADER;
  for await (const block of blocksOf(chunks)) {
    crc = zlib.crc32(block, crc);
    size += block.length;
    if (held !== undefined) begin(held, false);
    held = block;
    while (ahead.length >= atOnce) yield* await (ahead.shift() as Promise<Buffer[]>);
  }
  begin(held ?? Buffer.alloc(0), true);
  for (const work of ahead) yield* await work;
  yield trailer(crc, size);
}

interface BlockOptions {
  readonly level: number;
  readonly isLast: boolean;
  readonly dictionary: Buffer | undefined;
}

/** The deflated parts of a block, in order; none has the stream's last bit but the last of the last. */
function* packed(
  block: Buffer,
  {level, isLast, dictionary}: BlockOptions,
): Generator<Buffer | Promise<Buffer>, void, undefined> {
  const isTried = level === 0 || level >= THOROUGH;
  let before = dictionary;
  let end = 0;
  for (const {isNoise, bytes} of isTried ? [{isNoise: false, bytes: block}] : partsOf(block)) {
    end += bytes.length;
    const finishes = isLast && end === block.length;
    if (isNoise && !finishes) yield* stored(bytes);
    else {
      const finishFlush = finishes ? zlib.constants.Z_FINISH : zlib.constants.Z_SYNC_FLUSH;
      const options = {level, finishFlush};
      yield deflate(bytes, before === undefined ? options : {...options, dictionary: before});
    }
    before = block.subarray(Math.max(0, end - WINDOW), end);
  }
}

/** As they are: RFC 1951 § 3.2.4. */
function* stored(bytes: Buffer): Generator<Buffer, void, undefined> {
  for (let at = 0; at < bytes.length; at += STORED_MOST) {
    const piece = bytes.subarray(at, at + STORED_MOST);
    const header = Buffer.alloc(5);
    header.writeUInt16LE(piece.length, 1);
    header.writeUInt16LE(~piece.length & 0xffff, 3);
    yield header;
    yield piece;
  }
}

function trailer(crc: number, size: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32LE(crc, 0);
  bytes.writeUInt32LE(size % 2 ** 32, 4);
  return bytes;
}

/** The same bytes in blocks of 1 MiB, the last one shorter. */
async function* blocksOf(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer, void, undefined> {
  let block = Buffer.allocUnsafeSlow(BLOCK);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; ) {
      const piece = chunk.subarray(from, from + BLOCK - filled);
      block.set(piece, filled);
      filled += piece.length;
      from += piece.length;
      if (filled < BLOCK) continue;
      yield block;
      block = Buffer.allocUnsafeSlow(BLOCK);
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}
