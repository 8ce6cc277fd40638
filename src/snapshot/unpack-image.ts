/** Layers as a stack of snapshots: those that are not unpacked yet are, from the base up. */
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
  /**
   * A layer while it comes, not verified before its end. It may break off though the layer comes in the end, by another way.
   * Undefined when it is no longer coming.
   */
  ahead?(layer: Descriptor): Promise<AsyncIterable<Uint8Array> | undefined>;
}

export interface PackedLayer {
  readonly blob: Descriptor;
  readonly diffID: Digest;
  /** What a tar does not tell of the snapshot it was made of: see LayerSummary. */
  readonly contentDigest?: Digest;
  readonly createdAt?: string;
}

interface UnpackPlace {
  readonly content: LayerSource;
  readonly snapshots: Snapshotter;
}

/** What layers are put on: opened only where the lowest of them is not here yet. */
interface Below {
  readonly chainID: Digest | undefined;
  open(): Promise<Snapshot | undefined>;
}

export interface UnpackOptions extends UnpackPlace {
  /** The empty root without it. */
  readonly below?: Below | undefined;
  /** What to throw instead, for a layer that could not be had. */
  readonly blame?: (layer: PackedLayer, cause: unknown) => unknown;
}

/** Undefined is the image without layers. Every byte is verified against descriptor and diffID. */
export async function unpackImage(
  {layers, diffIDs}: ImageLayers,
  place: UnpackPlace,
): Promise<Snapshot | undefined> {
  invariant(layers.length === diffIDs.length, 'a manifest names as many layers as its config');
  const packed = layers.map((blob, index) => ({blob, diffID: diffIDs[index] as Digest}));
  return unpackLayers(packed, place);
}

/** The root with all of them; `below` where there are none. Verified as above. */
export async function unpackLayers(
  layers: readonly PackedLayer[],
  options: UnpackOptions,
): Promise<Snapshot | undefined> {
  const {content, snapshots, below, blame = (_layer, cause) => cause} = options;
  const chain = chainIDs(
    layers.map(({diffID}) => diffID),
    below?.chainID,
  );
  const there = chain.findLastIndex((chainID) => snapshots.find(chainID) !== undefined);
  const missing = layers.slice(there + 1);
  content.expect?.(missing.map(({blob}) => blob));
  let top = there === -1 ? await below?.open() : snapshots.find(chain[there] as Digest);
  for (const layer of missing) {
    try {
      top = await addLayer(top, layer, {content, snapshots});
    } catch (error) {
      throw blame(layer, error);
    }
  }
  return top;
}

async function addLayer(
  parent: Snapshot | undefined,
  layer: PackedLayer,
  {content, snapshots}: UnpackPlace,
): Promise<Snapshot> {
  const coming = await content.ahead?.(layer.blob);
  if (coming !== undefined) {
    try {
      return await applied(coming, parent, layer, snapshots);
    } catch {
      // Not what it was promised to be, or not all of it: whether there is a better one, `fetch` knows.
    }
  }
  return applied(content.fetch(layer.blob), parent, layer, snapshots);
}

async function applied(
  bytes: AsyncIterable<Uint8Array>,
  parent: Snapshot | undefined,
  {blob, diffID, contentDigest, createdAt}: PackedLayer,
  snapshots: Snapshotter,
): Promise<Snapshot> {
  const draft = snapshots.prepare(parent);
  try {
    const stack = parent === undefined ? [] : snapshots.stack(parent);
    const lowers = stack.map(({path}) => path).reverse();
    // What is fetched has the blob's digest already.
    const expected = {size: blob.size, diffID};
    const summary = await unpackLayer(bytes, {upper: draft.upper, lowers}, expected);
    return draft.commit({...summary, ...(contentDigest && {contentDigest})}, createdAt);
  } finally {
    draft.discard();
  }
}
