/**
 * What a layer is, learned in one walk over its directory.
 *
 * diffID         sha256 of the layer's tar
 * contentDigest  sha256 of the same tar with every time 0, and each file of 1 MiB or more replaced by its own sha256
 */
import {createHash, type Hash} from 'node:crypto';
import {type Digest, finish} from '../oci/digest.js';
import type {LayerSummary} from './layer-summary.js';
import {LayerTar} from './layer-tar.js';
import {layerWalk} from './layer-walk.js';

const BUFFER = 1 << 20;

export interface SummarizeOptions {
  /** Known sha256 of files, hexadecimal, by path in the layer: saves hashing large ones a second time. */
  readonly known?: ReadonlyMap<string, string>;
  /** Of the layer whose files are none younger, in seconds: see `streamLayer`. */
  readonly newest?: number | undefined;
}

export function summarize(upper: string, options: SummarizeOptions = {}): LayerSummary {
  const whole = createHash('sha256');
  const content = createHash('sha256');
  const size = hashTar(upper, options, {whole, content});
  return {diffID: finish(whole), size, contentDigest: finish(content)};
}

export type SummaryDigest = 'diffID' | 'contentDigest';

/** One of the digests, so that two threads share what is mostly hashing. */
export function summarizeFor(
  wanted: SummaryDigest,
  upper: string,
  options: SummarizeOptions = {},
): {digest: Digest; size: number} {
  const hash = createHash('sha256');
  const size = hashTar(upper, options, wanted === 'diffID' ? {whole: hash} : {content: hash});
  return {digest: finish(hash), size};
}

/** Answers the size of the tar. */
function hashTar(
  upper: string,
  {known, newest}: SummarizeOptions,
  {whole, content}: {readonly whole?: Hash; readonly content?: Hash},
): number {
  const tar = new LayerTar(layerWalk(upper, newest));
  const buffer = Buffer.allocUnsafeSlow(BUFFER);
  const large = content && new LargeFiles(content, known);
  let size = 0;
  for (let piece = tar.fill(buffer); piece !== undefined; piece = tar.fill(buffer)) {
    const bytes = buffer.subarray(0, piece.length);
    size += piece.length;
    if (piece.kind === 'mixed') {
      content?.update(bytes);
      tar.stampTimes(buffer);
    } else {
      large?.add(piece, bytes);
    }
    whole?.update(bytes);
  }
  return size;
}

/** Each enters the content digest as a digest of its own. */
class LargeFiles {
  readonly #content: Hash;
  readonly #known: ReadonlyMap<string, string> | undefined;
  #body = createHash('sha256');

  constructor(content: Hash, known: ReadonlyMap<string, string> | undefined) {
    this.#content = content;
    this.#known = known;
  }

  add({name, last}: {readonly name: string; readonly last: boolean}, bytes: Buffer): void {
    const known = this.#known?.get(name);
    if (known === undefined) this.#body.update(bytes);
    if (!last) return;
    this.#content.update(known === undefined ? this.#body.digest() : Buffer.from(known, 'hex'));
    this.#body = createHash('sha256');
  }
}
