/** Results of this store's cache in the form in which other machines take them over. */
import type {CacheRecord} from '../cache/cache-record.js';
import type {SharedLayer, SharedResult} from '../cache/shared/shared-result.js';
import type {Digest} from '../oci/digest.js';
import type {Snapshotter} from '../snapshot/snapshotter.js';
import {layerDescriptor} from './image/assemble.js';
import {type Packing, type PackingPlace, packLayers} from './packing/pack-layers.js';

export interface ResultToShare {
  readonly record: CacheRecord;
  /** That leads to it in this build. */
  readonly definition: Digest;
  /** ChainID of the image it stands on. */
  readonly base: Digest | undefined;
}

/** Its layers as they are, uncompressed. Undefined for a result whose layers are gone. */
export function shareResult(
  {record, definition, base}: ResultToShare,
  snapshots: Pick<Snapshotter, 'find' | 'stack'>,
): SharedResult | undefined {
  const {chainID, key, name, inputs, selection, inputNames, content, createdAt, duration} = record;
  const top = chainID === null ? undefined : snapshots.find(chainID);
  if (top === undefined && chainID !== null) return undefined;
  const stack = top === undefined ? [] : snapshots.stack(top);
  const own = stack.slice(stack.findIndex((snapshot) => snapshot.chainID === base) + 1);
  const layers = own.map((snapshot) => {
    const {diffID, contentDigest} = snapshot;
    return {blob: layerDescriptor(snapshot), diffID, contentDigest, createdAt: snapshot.createdAt};
  });
  const facts = {key, name, inputs, selection, inputNames, content, createdAt, duration};
  return {...facts, definition, base: base ?? null, layers};
}

/** The same with their layers packed, each once. */
export async function packShared(
  results: readonly SharedResult[],
  packing: Packing,
  place: PackingPlace,
): Promise<readonly SharedResult[]> {
  const layers = new Map<Digest, SharedLayer>();
  for (const result of results) for (const layer of result.layers) layers.set(layer.diffID, layer);
  const diffIDs = [...layers.keys()];
  const named = [...layers.values()].map(({blob}) => blob);
  const blobs = await packLayers({named, diffIDs}, packing, place);
  const packed = new Map(diffIDs.map((diffID, index) => [diffID, blobs[index]]));
  return results.map((result) => ({
    ...result,
    layers: result.layers.map((layer) => ({
      ...layer,
      blob: packed.get(layer.diffID) ?? layer.blob,
    })),
  }));
}
