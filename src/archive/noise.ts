/** Bytes that a compressor would look at in vain, told from the others. */

/** Bytes of one verdict, at least. */
const PIECE = 1 << 14;
/** Sampled at a distance that shares no factor with the width of numbers and pixels: every byte of them is looked at. */
const STRIDE = 7;
const counts = new Uint32Array(256);

/**
 * Whether bytes are as good as random, as those are that were compressed or encrypted: their values come equally often. So a
 * compressor would find nothing; but for copies, which it would.
 *
 * Equal counts have the least sum of squares there is; random ones have little more.
 */
function isNoise(bytes: Uint8Array): boolean {
  if (bytes.length < 1 << 13) return false;
  counts.fill(0);
  let samples = 0;
  for (let at = 0; at < bytes.length; at += STRIDE) {
    const value = bytes[at] as number;
    counts[value] = (counts[value] as number) + 1;
    samples++;
  }
  let squares = 0;
  for (const count of counts) squares += count * count;
  // A quarter more than the least: whole numbers, so that all machines decide alike.
  return squares * 256 * 4 <= samples * samples * 5;
}

export interface Part {
  readonly isNoise: boolean;
  readonly bytes: Buffer;
}

/** The block in parts that are noise, or not, in turn; one at least. */
export function partsOf(block: Buffer): readonly Part[] {
  const parts: Part[] = [];
  let from = 0;
  let verdict = false;
  for (let at = 0; at < block.length; at += PIECE) {
    const noise = isNoise(block.subarray(at, at + PIECE));
    if (noise !== verdict && at > from) {
      parts.push({isNoise: verdict, bytes: block.subarray(from, at)});
      from = at;
    }
    verdict = noise;
  }
  return [...parts, {isNoise: verdict, bytes: block.subarray(from)}];
}
