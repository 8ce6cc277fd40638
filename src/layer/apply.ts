/**
 * A layer's tar → a directory in overlay form (overlay-form.ts), over the layers below it.
 *
 * Takes   the layer's bytes, plain or compressed, and what was promised of them.
 * Returns when every promise held and every file is in place; after a throw the caller removes the directory.
 * Throws  UnsafeEntryError, NotADirectoryError, SymlinkLoopError, LinkTargetError, LayerDigestError, LayerSizeError,
 *         EntryFailedError, and what src/archive throws. Nothing is ever touched outside the target.
 * Source  OCI image-spec v1.1.1, layer.md.
 */
import {createHash} from 'node:crypto';
import {asBuffer} from '../archive/as-buffer.js';
import {decompress} from '../archive/decompress.js';
import {TarReader} from '../archive/tar-reader.js';
import {type Digest, finish} from '../oci/digest.js';
import {LayerDigestError, LayerSizeError} from './errors.js';
import type {LayerSummary} from './layer-summary.js';
import type {ApplyCounts} from './target/apply-counts.js';
import {EntryApplier} from './target/entry-applier.js';
import {type Target, TargetTree} from './target/target-tree.js';

/** What is known of a layer before it is read; each is checked when given. */
export interface ExpectedLayer {
  /** Of the bytes as they come, compressed or not. */
  readonly digest?: Digest;
  readonly size?: number;
  /** Of the uncompressed tar. */
  readonly diffID?: Digest;
}

/** The contentDigest of an applied layer is its diffID. */
export interface AppliedLayer extends LayerSummary {
  readonly counts: ApplyCounts;
}

export async function applyLayer(
  source: AsyncIterable<Uint8Array>,
  target: Target,
  expected: ExpectedLayer = {},
): Promise<AppliedLayer> {
  return applyTar(await unpacked(source, expected), target, expected);
}

/** The layer's tar, plain; what was promised of the bytes is checked at their end. */
export async function unpacked(
  source: AsyncIterable<Uint8Array>,
  expected: ExpectedLayer,
): Promise<AsyncIterable<Uint8Array>> {
  return (await decompress(promised(source, expected))).bytes;
}

/** `applyLayer` of a plain tar, of which the diffID is promised. Has done with each chunk when it asks for the next. */
export async function applyTar(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  target: Target,
  {diffID: wanted}: Pick<ExpectedLayer, 'diffID'>,
): Promise<AppliedLayer> {
  const tree = new TargetTree(target);
  const applier = new EntryApplier(tree, {base: tree.root, whiteouts: true});
  const reader = new TarReader(applier);
  const whole = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of bytes) {
      size += chunk.length;
      whole.update(chunk);
      reader.push(asBuffer(chunk));
    }
    reader.finish();
    const diffID = finish(whole);
    if (wanted !== undefined && diffID !== wanted) {
      throw new LayerDigestError('layer diffID', wanted, diffID);
    }
    tree.files.finish();
    return {diffID, size, contentDigest: diffID, counts: applier.counts};
  } finally {
    applier.release();
  }
}

/** The same bytes, checked at their end, and never more than promised. */
async function* promised(
  source: AsyncIterable<Uint8Array>,
  expected: ExpectedLayer,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = expected.digest === undefined ? undefined : createHash('sha256');
  let size = 0;
  for await (const chunk of source) {
    size += chunk.length;
    if (expected.size !== undefined && size > expected.size) {
      throw new LayerSizeError(expected.size, size);
    }
    hash?.update(chunk);
    yield chunk;
  }
  if (expected.size !== undefined && size !== expected.size) {
    throw new LayerSizeError(expected.size, size);
  }
  const digest = hash === undefined ? expected.digest : finish(hash);
  if (expected.digest !== undefined && digest !== expected.digest) {
    throw new LayerDigestError('layer digest', expected.digest, digest as Digest);
  }
}
