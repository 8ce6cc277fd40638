/**
 * What a layer is, learned in one walk over its directory.
 *
 * diffID         sha256 of the layer's tar
 * contentDigest  sha256 of the same tar with every time 0, and each file of 1 MiB or more replaced by its own sha256
 */
import {createHash} from 'node:crypto';
import {finish} from '../oci/digest.js';
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
  const tar = new LayerTar(layerWalk(upper, options.newest));
  const whole = createHash('sha256');
  const content = createHash('sha256');
  const buffer = Buffer.allocUnsafeSlow(BUFFER);
  let body = createHash('sha256');
  let size = 0;
  for (let piece = tar.fill(buffer); piece !== undefined; piece = tar.fill(buffer)) {
    const bytes = buffer.subarray(0, piece.length);
    size += piece.length;
    if (piece.kind === 'mixed') {
      content.update(bytes);
      tar.stampTimes(buffer);
    } else {
      const known = options.known?.get(piece.name);
      if (known === undefined) body.update(bytes);
      if (piece.last) {
        content.update(known === undefined ? body.digest() : Buffer.from(known, 'hex'));
        body = createHash('sha256');
      }
    }
    whole.update(bytes);
  }
  return {diffID: finish(whole), size, contentDigest: finish(content)};
}
