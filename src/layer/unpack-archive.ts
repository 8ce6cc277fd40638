/**
 * ADD of a local archive: a tar, plain or compressed, unpacked under a destination of a root.
 *
 * Whether a file is an archive is decided by its content, as docker does: it decompresses, where its first bytes say
 * so, to something that begins with a valid tar header. Merging is tar -x's: directories merge, everything else
 * replaces. Owners are the archive's unless one is given.
 */
import {createReadStream} from 'node:fs';
import {asPath, fromText} from '../archive/byte-string.js';
import {detectCompression} from '../archive/compression.js';
import {decompress} from '../archive/decompress.js';
import {CompressionError, TarFormatError} from '../archive/errors.js';
import {peek} from '../archive/peek.js';
import {readTar} from '../archive/read-tar.js';
import {BLOCK, isZeroBlock, parseHeader} from '../archive/tar-header.js';
import {now} from '../base/clock.js';
import type {ApplyCounts} from './target/apply-counts.js';
import {EntryApplier} from './target/entry-applier.js';
import {type Target, TargetTree} from './target/target-tree.js';

export interface UnpackTarget {
  readonly target: Target;
  /** Absolute in the root; made, 0755, when it is not there. */
  readonly destination: string;
  readonly owner?: {readonly uid: number; readonly gid: number};
  /** Time of the directories made for the destination, in seconds; else now. */
  readonly madeAt?: number;
}

export interface UnpackRequest extends UnpackTarget {
  /** A regular file, already resolved inside its own root. */
  readonly archive: string;
}

/**
 * Undefined, and nothing touched, when the file is not a tar archive.
 * Throws  DecompressorMissingError, what `applyLayer` throws, ReservedNameError for names that mark deletions.
 */
export async function unpackArchive(request: UnpackRequest): Promise<ApplyCounts | undefined> {
  const tar = await openTar(request.archive);
  return tar && unpackTar(tar, request);
}

/** A stream that is known to be an archive, compressed or not. Throws as `unpackArchive`, and when it is none. */
export async function unpackStream(
  source: AsyncIterable<Uint8Array>,
  request: UnpackTarget,
): Promise<ApplyCounts> {
  const {bytes} = await decompress(source);
  return unpackTar(bytes, request);
}

/** Whether a stream that begins like this, with BLOCK bytes or all it has, is an archive: compressed, or a tar. */
export const beginsLikeArchive = (start: Buffer): boolean =>
  detectCompression(start) !== 'none' || beginsWithHeader(start);

async function unpackTar(
  tar: AsyncIterable<Uint8Array>,
  request: UnpackTarget,
): Promise<ApplyCounts> {
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
  try {
    await readTar(tar, applier);
    tree.files.finish();
    return applier.counts;
  } finally {
    applier.release();
  }
}

/** Whether ADD would unpack this file. */
export async function isArchive(path: string): Promise<boolean> {
  const tar = await openTar(path);
  await tar?.return(undefined);
  return tar !== undefined;
}

/** The bytes of the tar in a file; undefined when there is none. */
async function openTar(
  path: string,
): Promise<AsyncGenerator<Uint8Array, void, undefined> | undefined> {
  const file = createReadStream(asPath(fromText(path)), {highWaterMark: 1 << 18});
  const tar = await peekTar(file);
  if (tar === undefined) {
    file.destroy();
    return undefined;
  }
  return (async function* () {
    try {
      yield* tar;
    } finally {
      file.destroy();
    }
  })();
}

async function peekTar(
  source: AsyncIterable<Uint8Array>,
): Promise<AsyncIterable<Uint8Array> | undefined> {
  try {
    const {bytes} = await decompress(source);
    const {start, whole, cancel} = await peek(bytes, BLOCK);
    if (beginsWithHeader(start)) return whole;
    await cancel();
    return undefined;
  } catch (error) {
    if (error instanceof CompressionError) return undefined;
    throw error;
  }
}

function beginsWithHeader(start: Buffer): boolean {
  if (start.length < BLOCK) return false;
  const block = start.subarray(0, BLOCK);
  if (isZeroBlock(block)) return false;
  try {
    parseHeader(block, 0);
    return true;
  } catch (error) {
    if (error instanceof TarFormatError) return false;
    throw error;
  }
}
