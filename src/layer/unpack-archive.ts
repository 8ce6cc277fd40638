/**
 * ADD of a local archive: a tar, plain or compressed, unpacked under a destination of a root.
 *
 * Whether a file is an archive is decided by its content, as docker does: it decompresses, where its first bytes say
 * so, to something that begins with a valid tar header. Merging is tar -x's: directories merge, everything else
 * replaces. Owners are the archive's unless one is given.
 */
import {createReadStream} from 'node:fs';
import {asPath, fromText} from '../archive/byte-string.js';
import {decompress} from '../archive/decompress.js';
import {CompressionError, TarFormatError} from '../archive/errors.js';
import {BLOCK, isZeroBlock, parseHeader} from '../archive/tar-header.js';
import {TarReader} from '../archive/tar-reader.js';
import {now} from '../base/clock.js';
import type {ApplyCounts} from './target/apply-counts.js';
import {EntryApplier} from './target/entry-applier.js';
import {type Target, TargetTree} from './target/target-tree.js';

export interface UnpackRequest {
  /** A regular file, already resolved inside its own root. */
  readonly archive: string;
  readonly target: Target;
  /** Absolute in the root; made, 0755, when it is not there. */
  readonly destination: string;
  readonly owner?: {readonly uid: number; readonly gid: number};
  /** Time of the directories made for the destination, in seconds; else now. */
  readonly madeAt?: number;
}

/**
 * Undefined, and nothing touched, when the file is not a tar archive.
 * Throws  DecompressorMissingError, what `applyLayer` throws, ReservedNameError for names that mark deletions.
 */
export async function unpackArchive(request: UnpackRequest): Promise<ApplyCounts | undefined> {
  const chunks = await openTar(request.archive);
  if (chunks === undefined) return undefined;
  const tree = new TargetTree(request.target);
  const mtime = request.madeAt ?? Math.floor(now().getTime() / 1000);
  const made = {mode: 0o755, ...(request.owner ?? {uid: 0, gid: 0}), mtime};
  const base = tree.makeDirectories(tree.locate(fromText(request.destination)), made);
  tree.touch(base);
  const applier = new EntryApplier(tree, {
    base,
    whiteouts: false,
    ...(request.owner === undefined ? {} : {owner: request.owner}),
  });
  const reader = new TarReader(applier);
  try {
    for await (const chunk of chunks) reader.push(bufferOf(chunk));
    reader.finish();
    tree.files.finish();
    return applier.counts;
  } finally {
    applier.release();
  }
}

/** Whether ADD would unpack this file. */
export async function isArchive(path: string): Promise<boolean> {
  const chunks = await openTar(path);
  await chunks?.return(undefined);
  return chunks !== undefined;
}

/** The bytes of the tar in a file; undefined when there is none. */
async function openTar(
  path: string,
): Promise<AsyncGenerator<Uint8Array, void, undefined> | undefined> {
  const file = createReadStream(asPath(fromText(path)), {highWaterMark: 1 << 18});
  const {bytes} = await decompress(file);
  const iterator = bytes[Symbol.asyncIterator]();
  const seen: Uint8Array[] = [];
  const isTar = await beginsWithHeader(iterator, seen);
  if (!isTar) {
    await iterator.return?.();
    file.destroy();
    return undefined;
  }
  return (async function* () {
    try {
      yield* seen;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
        yield next.value;
      }
    } finally {
      await iterator.return?.();
      file.destroy();
    }
  })();
}

async function beginsWithHeader(
  iterator: AsyncIterator<Uint8Array>,
  seen: Uint8Array[],
): Promise<boolean> {
  try {
    for (let length = 0; length < BLOCK; ) {
      const next = await iterator.next();
      if (next.done === true) return false;
      seen.push(next.value);
      length += next.value.length;
    }
    const block = Buffer.concat(seen).subarray(0, BLOCK);
    if (isZeroBlock(block)) return false;
    parseHeader(block, 0);
    return true;
  } catch (error) {
    if (error instanceof TarFormatError || error instanceof CompressionError) return false;
    throw error;
  }
}

const bufferOf = (chunk: Uint8Array): Buffer =>
  Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
