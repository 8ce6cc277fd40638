/** A layer's tar for another process. */
import {createHash} from 'node:crypto';
import {writeSync} from 'node:fs';
import {type Digest, finish} from '../oci/digest.js';
import {LayerTar} from './layer-tar.js';
import {layerWalk} from './layer-walk.js';

/** Small enough to stay in a processor's cache between the reading, the hash and the writing. */
const BUFFER = 1 << 18;

/**
 * Writes the tar that `summarize` hashed, byte for byte, to an open file, which may be a pipe: then it takes as long as its reader.
 * Answers its digest; undefined when the reader left before the end.
 */
export function pourLayer(upper: string, fd: number): Digest | undefined {
  const tar = new LayerTar(layerWalk(upper, undefined));
  const buffer = Buffer.allocUnsafeSlow(BUFFER);
  const hash = createHash('sha256');
  try {
    for (let piece = tar.fill(buffer); piece !== undefined; piece = tar.fill(buffer)) {
      tar.stampTimes(buffer);
      const bytes = buffer.subarray(0, piece.length);
      hash.update(bytes);
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return undefined;
    throw error;
  } finally {
    tar.close();
  }
  return finish(hash);
}
