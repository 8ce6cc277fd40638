/** An image's layers as a stack of snapshots: those that are not unpacked yet are, from the base up. */
import {invariant} from '../base/bug.js';
import type {Fetcher} from '../content/fetcher.js';
import {unpackLayer} from '../layer/offload.js';
import {chainIDs} from '../oci/chain-id.js';
import type {Descriptor} from '../oci/descriptor.js';
import type {Digest} from '../oci/digest.js';
import type {Snapshot, Snapshotter} from './snapshotter.js';

export interface ImageLayers {
  /** Of the manifest, base first. */
  readonly layers: readonly Descriptor[];
  /** Of the config: as many, of the same layers uncompressed. */
  readonly diffIDs: readonly Digest[];
}

export interface LayerSource extends Pick<Fetcher, 'fetch'> {
  /** Told what will be fetched, one after the other, so that it can come side by side. */
  expect?(layers: readonly Descriptor[]): void;
}

/** Undefined is the image without layers. Every byte is verified against descriptor and diffID. */
export async function unpackImage(
  {layers, diffIDs}: ImageLayers,
  {content, snapshots}: {content: LayerSource; snapshots: Snapshotter},
): Promise<Snapshot | undefined> {
  invariant(layers.length === diffIDs.length, 'a manifest names as many layers as its config');
  const chain = chainIDs(diffIDs);
  const there = chain.findLastIndex((chainID) => snapshots.find(chainID) !== undefined);
  let top = there === -1 ? undefined : snapshots.find(chain[there] as Digest);
  content.expect?.(layers.slice(there + 1));
  for (let index = there + 1; index < layers.length; index++) {
    const layer = layers[index] as Descriptor;
    top = await addLayer(top, {layer, diffID: diffIDs[index] as Digest}, {content, snapshots});
  }
  return top;
}

async function addLayer(
  parent: Snapshot | undefined,
  {layer, diffID}: {layer: Descriptor; diffID: Digest},
  {content, snapshots}: {content: Pick<Fetcher, 'fetch'>; snapshots: Snapshotter},
): Promise<Snapshot> {
  const draft = snapshots.prepare(parent);
  try {
    const stack = parent === undefined ? [] : snapshots.stack(parent);
    const lowers = stack.map(({path}) => path).reverse();
    const {digest, size} = layer;
    const expected = {digest, size, diffID};
    return draft.commit(
      await unpackLayer(content.fetch(layer), {upper: draft.upper, lowers}, expected),
    );
  } finally {
    draft.discard();
  }
}
