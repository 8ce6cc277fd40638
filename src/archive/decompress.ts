/**
 * Compressed bytes in, plain bytes out, by the format their first bytes tell.
 *
 * gzip here; zstd by node:zlib where it has it; bzip2, xz and zstd otherwise by the program of that name.
 * Throws  CompressionError, DecompressorMissingError; what the source throws passes through.
 */
import type {Transform} from 'node:stream';
import * as zlib from 'node:zlib';
import {type Compression, detectCompression, MAGIC_BYTES} from './compression.js';
import {gunzip} from './inflate.js';
import {peek} from './peek.js';
import {throughProgram, throughTransform} from './through.js';

const UNPACK = ['-d', '-c', '-q'];

export interface Decompressed {
  readonly compression: Compression;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** Reads the first bytes of the source to know the format. */
export async function decompress(source: AsyncIterable<Uint8Array>): Promise<Decompressed> {
  const {start, whole} = await peek(source, MAGIC_BYTES);
  const compression = detectCompression(start);
  return {compression, bytes: decompressAs(compression, whole)};
}

function decompressAs(
  compression: Compression,
  source: AsyncIterable<Uint8Array>,
): AsyncIterable<Uint8Array> {
  switch (compression) {
    case 'none':
      return source;
    case 'gzip':
      return gunzip(source);
    case 'zstd': {
      const create = (zlib as {createZstdDecompress?: () => Transform}).createZstdDecompress;
      return create === undefined
        ? throughProgram(source, 'zstd', UNPACK)
        : throughTransform(source, create(), 'zstd');
    }
    default:
      return throughProgram(source, compression, UNPACK);
  }
}
