/**
 * Gzip in, plain bytes out; several members in a row are one stream, as in RFC 1952.
 *
 * zlib-sync where its addon loads (it inflates some times faster than node:zlib's streams), else node:zlib.
 * Throws  CompressionError for anything that is not whole, valid gzip.
 */
import {createRequire} from 'node:module';
import {Readable} from 'node:stream';
import {createGunzip} from 'node:zlib';
import {asBuffer} from './as-buffer.js';
import {CompressionError} from './errors.js';

/** So a chunk never inflates to more than 64 MiB. */
const PIECE = 64 * 1024;
const GZIP_WINDOW = 31;
const SYNC_FLUSH = 2;
const STREAM_END = 1;
const BUF_ERROR = -5;

/** What is used of zlib-sync. Its own types are not: the package is optional, as its addon is compiled on installing. */
interface Inflate {
  readonly result: Buffer | string | null;
  readonly msg: string | null;
  readonly err: number;
  push(buffer: Buffer, flush: number): void;
}

interface ZlibSync {
  readonly Inflate: new (options: {chunkSize: number; windowBits: number}) => Inflate;
}

let loaded: ZlibSync | null | undefined;

function zlibSync(): ZlibSync | null {
  if (loaded === undefined) {
    try {
      loaded = createRequire(import.meta.url)('zlib-sync') as ZlibSync;
    } catch {
      // An addon that is not built for this Node; node:zlib does the same work, slower.
      loaded = null;
    }
  }
  return loaded;
}

export function gunzip(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  const library = zlibSync();
  return library === null ? gunzipByStream(chunks) : gunzipBySync(chunks, library);
}

export async function* gunzipByStream(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer, void, undefined> {
  const output = Readable.from(chunks, {objectMode: false});
  const inflater = createGunzip({chunkSize: 1 << 18});
  output.on('error', (error) => inflater.destroy(error));
  output.pipe(inflater);
  let sourceError: unknown;
  output.on('error', (error) => {
    sourceError = error;
  });
  try {
    for await (const chunk of inflater) yield chunk as Buffer;
  } catch (error) {
    if (sourceError !== undefined) throw sourceError;
    throw new CompressionError('gzip', (error as Error).message, error);
  } finally {
    output.destroy();
  }
}

async function* gunzipBySync(
  chunks: AsyncIterable<Uint8Array>,
  library: ZlibSync,
): AsyncGenerator<Buffer, void, undefined> {
  const members = new Members(library);
  for await (const chunk of chunks) {
    const bytes = asBuffer(chunk);
    for (let from = 0; from < bytes.length; from += PIECE) {
      yield* members.push(bytes.subarray(from, from + PIECE));
    }
  }
  yield* members.end();
}

/** One inflater after the other. zlib-sync does not say how much it took: a member's end is found by its trailer. */
class Members {
  readonly #library: ZlibSync;
  #inflater: Inflate | undefined;
  /** Bytes this member gave so far. */
  #size = 0;
  /** The last bytes before the piece at hand: a trailer may begin there. */
  #tail: Buffer = Buffer.alloc(0);
  #finished = false;
  #header: Buffer = Buffer.alloc(0);

  constructor(library: ZlibSync) {
    this.#library = library;
  }

  *push(input: Buffer): Generator<Buffer> {
    let rest: Buffer | undefined = input;
    while (rest !== undefined && rest.length > 0 && !this.#finished) {
      if (this.#inflater === undefined && !this.#begin(rest)) return;
      const inflater = this.#inflater as Inflate;
      const piece: Buffer = this.#header.length > 0 ? this.#header : rest;
      this.#header = Buffer.alloc(0);
      inflater.push(piece, SYNC_FLUSH);
      yield* this.#take(inflater);
      rest = inflater.err === STREAM_END ? this.#rest(piece) : this.#keepTail(piece);
    }
  }

  /** Collects the three magic bytes of a further member; anything else behind a member is padding, as gzip sees it. */
  #begin(bytes: Buffer): boolean {
    this.#header = this.#header.length > 0 ? Buffer.concat([this.#header, bytes]) : bytes;
    if (this.#header.length < 3) return false;
    if (this.#header[0] !== 0x1f || this.#header[1] !== 0x8b) {
      this.#finished = true;
      return false;
    }
    this.#inflater = new this.#library.Inflate({chunkSize: 4 * PIECE, windowBits: GZIP_WINDOW});
    this.#size = 0;
    this.#tail = Buffer.alloc(0);
    return true;
  }

  *#take(inflater: Inflate): Generator<Buffer> {
    if (inflater.err < 0 && inflater.err !== BUF_ERROR) {
      throw new CompressionError('gzip', inflater.msg ?? 'unreadable');
    }
    const result = inflater.err === BUF_ERROR ? null : inflater.result;
    if (result instanceof Uint8Array && result.length > 0) {
      this.#size += result.length;
      yield result as Buffer;
    }
  }

  #keepTail(piece: Buffer): undefined {
    this.#tail = Buffer.from(Buffer.concat([this.#tail, piece.subarray(-8)]).subarray(-8));
    return undefined;
  }

  /** What stands behind the member's trailer, whose last four bytes are the member's size. */
  #rest(piece: Buffer): Buffer {
    this.#inflater = undefined;
    const bytes = Buffer.concat([this.#tail, piece]);
    const size = this.#size % 2 ** 32;
    const least = Math.max(0, this.#tail.length - 3);
    for (let at = least; at + 4 <= bytes.length; at++) {
      if (bytes.readUInt32LE(at) === size && mayFollow(bytes.subarray(at + 4))) {
        return bytes.subarray(at + 4);
      }
    }
    // Neither the end nor a member: padding.
    this.#finished = true;
    return Buffer.alloc(0);
  }

  *end(): Generator<Buffer> {
    const inflater = this.#inflater;
    if (inflater === undefined) return;
    // What did not fit the last time is still inside.
    for (;;) {
      const before = this.#size;
      inflater.push(Buffer.alloc(0), SYNC_FLUSH);
      yield* this.#take(inflater);
      if (inflater.err === STREAM_END) return;
      if (this.#size === before) throw new CompressionError('gzip', 'unexpected end');
    }
  }
}

const mayFollow = (rest: Buffer): boolean =>
  rest.length === 0 || (rest[0] === 0x1f && (rest.length === 1 || rest[1] === 0x8b));
