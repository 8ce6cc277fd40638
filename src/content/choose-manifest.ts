/**
 * From what a reference points to, to the one manifest for a platform: through indexes, nested ones too.
 *
 * Returns the manifest's descriptor; `target` itself when it is a manifest.
 * Throws  NoMatchingPlatformError listing what there is; NestedTooDeepError.
 */
import type {Descriptor} from '../oci/descriptor.js';
import {NoMatchingPlatformError} from '../oci/errors.js';
import {manifestsFor, parseImageIndex} from '../oci/image-index.js';
import {MANIFEST_LIMIT} from '../oci/manifest.js';
import {isIndex} from '../oci/media-type.js';
import {formatPlatform, type Platform} from '../oci/platform.js';
import {NestedTooDeepError} from './errors.js';
import type {Fetcher} from './fetcher.js';
import {readAll} from './read-all.js';

const DEEPEST = 4;

export async function chooseManifest(
  source: Pick<Fetcher, 'fetch'>,
  target: Descriptor,
  platform: Platform,
  depth = 1,
): Promise<Descriptor> {
  if (!isIndex(target.mediaType)) return target;
  if (depth > DEEPEST) throw new NestedTooDeepError(target.digest, DEEPEST);
  const index = parseImageIndex(await readAll(source, target, MANIFEST_LIMIT));
  const available: string[] = [];
  for (const candidate of manifestsFor(index, platform)) {
    try {
      return await chooseManifest(source, candidate, platform, depth + 1);
    } catch (error) {
      if (!(error instanceof NoMatchingPlatformError)) throw error;
      available.push(...error.available);
    }
  }
  throw new NoMatchingPlatformError(formatPlatform(platform), available);
}
