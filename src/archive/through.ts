/** Bytes through a transform or a program, whose failures are told from those of their source. */
import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {Readable, type Transform, type Writable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {Guarded} from '../base/guarded.js';
import {CompressionError, DecompressorMissingError} from './errors.js';

export type Program = 'bzip2' | 'igzip' | 'xz' | 'zstd';

const there = new Map<Program, boolean>();

/** Asked once. */
export function hasProgram(program: Program): boolean {
  const known = there.get(program);
  if (known !== undefined) return known;
  const {error} = spawnSync(program, ['--version'], {stdio: 'ignore'});
  there.set(program, error === undefined);
  return error === undefined;
}

/** Throws CompressionError; what the source throws passes through. */
export async function* throughTransform(
  source: AsyncIterable<Uint8Array>,
  transform: Transform,
  format: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const fed = feed(source, transform);
  try {
    for await (const chunk of transform) yield chunk as Buffer;
  } catch (error) {
    const failure = await fed;
    throw failure?.error ?? new CompressionError(format, (error as Error).message, error);
  }
}

/** Throws CompressionError, DecompressorMissingError; what the source throws passes through. */
export async function* throughProgram(
  source: AsyncIterable<Uint8Array>,
  program: Program,
  args: readonly string[],
): AsyncGenerator<Uint8Array, void, undefined> {
  const child = spawn(program, args, {stdio: ['pipe', 'pipe', 'pipe']});
  const ended = outcome(child, program);
  ended.catch(() => undefined);
  const fed = feed(source, child.stdin);
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    const failure = await fed;
    if (failure !== undefined) throw failure.error;
    await ended;
  } finally {
    child.kill();
  }
}

/** Resolves to what the source threw; who stops reading has its own say. */
async function feed(
  source: AsyncIterable<Uint8Array>,
  into: Writable,
): Promise<Guarded['failure']> {
  const guarded = new Guarded(source);
  const chunks = Readable.from(guarded.chunks, {objectMode: false});
  await pipeline(chunks, into).catch(() => undefined);
  return guarded.failure;
}

export function outcome(child: ChildProcess, program: string): Promise<void> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
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
