/**
 * A shared cache inside an image: a member of its config tells of the results that its layers are, which are there with it.
 *
 * Source  BuildKit's docs, "Inline cache"; its member is `moby.buildkit.cache.v0`.
 */
import {timestamp} from '../../base/clock.js';
import {sharedDocument} from '../../cache/shared/shared-document.js';
import {INLINE_MEMBER} from '../../cache/shared/shared-manifest.js';
import type {SharedResult} from '../../cache/shared/shared-result.js';
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import type {BuiltLayer} from './assemble.js';

export interface InlinedLayers {
  /** DiffIDs of the result as it was built, base first. */
  readonly built: readonly Digest[];
  /** How many of them are the base's. */
  readonly below: number;
  /** As the image has them: times may have been rewritten. */
  readonly stack: readonly BuiltLayer[];
  readonly packed: readonly Descriptor[];
  /** SOURCE_DATE_EPOCH: when all was made, and how long it took is not told. */
  readonly epoch: Date | undefined;
}

/** What the config has besides. Results whose layers are not the image's are left out. */
export function inlineCache(
  results: readonly SharedResult[],
  layers: InlinedLayers,
): Readonly<Record<string, unknown>> {
  const {built, below} = layers;
  const inlined = results.filter((result) =>
    result.layers.every(({diffID}, index) => built[below + index] === diffID),
  );
  const renamed = inlined.map((result) => ofImage(result, layers));
  return {[INLINE_MEMBER]: sharedDocument(renamed, layers.packed)};
}

function ofImage(result: SharedResult, {below, stack, packed, epoch}: InlinedLayers): SharedResult {
  const times = epoch && {createdAt: timestamp(epoch)};
  const layers = result.layers.map((layer, index) => {
    const {diffID = layer.diffID} = stack[below + index] ?? {};
    return {...layer, diffID, blob: packed[below + index] ?? layer.blob, ...times};
  });
  return {...result, layers, ...(times && {...times, duration: 0})};
}
