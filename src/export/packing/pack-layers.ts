/** How an output wants its layers packed: `compression`, `compression-level`, `force-compression`. */
import {availableParallelism} from 'node:os';
import type {PackingForm} from '../../archive/compress.js';
import {decompress} from '../../archive/decompress.js';
import {mapLimit} from '../../base/concurrency.js';
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import {compressionOf, MediaType} from '../../oci/media-type.js';
import type {Store} from '../../store/store.js';
import {PackedLayers, type PackingUse, type TarSource} from './packed-layers.js';

export interface Packing {
  /** Undefined is uncompressed. */
  readonly form: PackingForm | undefined;
  /** Also layers of the base that are compressed otherwise. */
  readonly force: boolean;
}

export interface PackingPlace extends PackingUse {
  readonly store: Store;
  readonly content: TarSource;
}

/** Each holds some blocks of 1 MiB. */
const AT_ONCE = Math.min(availableParallelism(), 4);

interface Layers {
  readonly named: readonly Descriptor[];
  readonly diffIDs: readonly Digest[];
}

/** What the manifest is to name instead, in the same order. What has to be made is a blob of the store then. */
export async function packLayers(
  {named, diffIDs}: Layers,
  {form, force}: Packing,
  {store, content, ...use}: PackingPlace,
): Promise<readonly Descriptor[]> {
  const packed = new PackedLayers(store, use);
  const wanted = form?.compression ?? 'none';
  const numbered = named.map((layer, index) => ({layer, diffID: diffIDs[index] ?? layer.digest}));
  return mapLimit(numbered, AT_ONCE, async ({layer, diffID}) => {
    const compression = compressionOf(layer.mediaType);
    if (compression === wanted || (compression !== 'none' && !force)) return layer;
    const plain = {fetch: () => plainTar(layer, content)};
    if (form === undefined) return store.blobs.writeStream(MediaType.layer, plain.fetch());
    const isPlain = layer.digest === diffID;
    return packed.pack({...layer, digest: diffID}, form, isPlain ? content : plain);
  });
}

/** Verified against the descriptor; that its tar is the diffID's was found out when the base was unpacked. */
async function* plainTar(
  layer: Descriptor,
  content: TarSource,
): AsyncGenerator<Uint8Array, void, undefined> {
  const {bytes} = await decompress(content.fetch(layer));
  yield* bytes;
}
