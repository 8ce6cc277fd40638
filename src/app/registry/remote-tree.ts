/** The manifests below what a name points to, as a registry has them. */
import {childrenIn, isBranch} from '../../content/children.js';
import {NestedTooDeepError} from '../../content/errors.js';
import type {Fetcher} from '../../content/fetcher.js';
import {readAll} from '../../content/read-all.js';
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import {MANIFEST_LIMIT} from '../../oci/manifest.js';
import {isIndex} from '../../oci/media-type.js';

export interface RemoteDocument {
  readonly target: Descriptor;
  readonly data: Buffer;
}

const DEEPEST = 4;

/** The target first, then what an index holds, each once. Throws NestedTooDeepError, and what `source` throws. */
export async function* documentsOf(
  source: Pick<Fetcher, 'fetch'>,
  target: Descriptor,
): AsyncGenerator<RemoteDocument> {
  const seen = new Set<Digest>();
  let level: readonly Descriptor[] = [target];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > DEEPEST) throw new NestedTooDeepError(target.digest, DEEPEST);
    const below: Descriptor[] = [];
    for (const each of level) {
      if (seen.has(each.digest)) continue;
      seen.add(each.digest);
      const data = await readAll(source, each, MANIFEST_LIMIT);
      yield {target: each, data};
      if (isIndex(each.mediaType)) below.push(...childrenIn(each, data).filter(isBranch));
    }
    level = below;
  }
}
