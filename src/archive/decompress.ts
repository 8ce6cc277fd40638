/**
 * Compressed bytes in, plain bytes out, by the format their first bytes tell.
 *
 * gzip here; zstd by node:zlib where it has it; bzip2, xz and zstd otherwise by the program of that name.
 * Throws  CompressionError, DecompressorMissingError; what the source throws passes through.
 */
import {type ChildProcessByStdio, spawn} from 'node:child_process';
import {Readable, type Transform, type Writable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import * as zlib from 'node:zlib';
import {type Compression, detectCompression, MAGIC_BYTES} from './compression.js';
import {CompressionError, DecompressorMissingError} from './errors.js';
import {gunzip} from './inflate.js';
import {peek} from './peek.js';

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
        ? throughProgram(source, 'zstd')
        : throughTransform(source, create(), 'zstd');
    }
    default:
      return throughProgram(source, compression);
  }
}

async function* throughTransform(
  source: AsyncIterable<Uint8Array>,
  transform: Transform,
  format: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  let sourceError: unknown;
  const fed = pipeline(source, transform).catch((error: unknown) => {
    sourceError = error;
  });
  try {
    for await (const chunk of transform) yield chunk as Buffer;
    await fed;
  } catch (error) {
    await fed;
    throw new CompressionError(format, (error as Error).message, sourceError ?? error);
  }
}

async function* throughProgram(
  source: AsyncIterable<Uint8Array>,
  program: 'bzip2' | 'xz' | 'zstd',
): AsyncGenerator<Uint8Array, void, undefined> {
  const child = spawn(program, ['-d', '-c', '-q'], {stdio: ['pipe', 'pipe', 'pipe']});
  const ended = outcome(child, program);
  ended.catch(() => undefined);
  const fed = feed(source, child.stdin);
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    const sourceError = await fed;
    if (sourceError !== undefined) throw sourceError;
    await ended;
  } finally {
    child.kill();
  }
}

/** Resolves to what the source threw; a program that stops reading has its own say. */
async function feed(source: AsyncIterable<Uint8Array>, input: Writable): Promise<unknown> {
  let failure: {error: unknown} | undefined;
  const guarded = async function* () {
    try {
      yield* source;
    } catch (error) {
      failure = {error};
      throw error;
    }
  };
  await pipeline(Readable.from(guarded(), {objectMode: false}), input).catch(() => undefined);
  return failure?.error;
}

function outcome(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  program: string,
): Promise<void> {
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(0, 1000);
  });
  return new Promise((resolve, reject) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      const missing = error.code === 'ENOENT';
      reject(missing ? new DecompressorMissingError(program, program) : error);
    });
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new CompressionError(program, said.trim() || `${program} failed`));
    });
  });
}
