/** The layers of a build's result in the form an exporter wants them in. */
import type {Fetcher} from '../../content/fetcher.js';
import {firstOf} from '../../content/first-of.js';
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import type {Snapshot} from '../../snapshot/snapshotter.js';
import type {Store} from '../../store/store.js';
import type {BuildResult} from '../exporter.js';
import {type BuiltLayer, layerDescriptor} from '../image/assemble.js';
import {baseLayers, baseVertex} from '../image/base-layers.js';
import {ImageContent} from '../image/image-content.js';
import {stackOf} from '../image/stack-of.js';
import {type Packing, packLayers} from './pack-layers.js';
import {RewrittenLayers} from './rewritten-layers.js';

export interface LayerForm {
  /** Files of new layers that are younger than the epoch become that old. */
  readonly rewriteTimestamp: boolean;
  /** Undefined leaves layers as they are: new ones uncompressed, those of the base as it has them. */
  readonly packing: Packing | undefined;
}

export interface FormedLayers {
  /** As they were built: diffIDs, base first. */
  readonly built: readonly Digest[];
  /** How many are the base's. */
  readonly below: number;
  /** As uncompressed tars, base first. */
  readonly stack: readonly BuiltLayer[];
  /** As the manifest is to name them. */
  readonly packed: readonly Descriptor[];
  readonly content: Fetcher;
  /** Those of `packed` that are in no snapshot and no blob of the store. */
  readonly rewritten: readonly Descriptor[];
}

export async function formLayers(
  result: BuildResult,
  {rewriteTimestamp, packing}: LayerForm,
): Promise<FormedLayers> {
  const {definition, store, snapshots, epoch} = result;
  const {target} = definition;
  const built = stackOf(target, result);
  const ofBase = built.slice(0, stackOf(baseVertex(target), result).length);
  const newest = rewriteTimestamp ? epoch : undefined;
  const rewritten = newest && (await RewrittenLayers.of(built.slice(ofBase.length), newest));
  const stack = rewritten === undefined ? built : [...ofBase, ...rewritten.layers];
  const stored = new ImageContent(store, snapshots);
  const content = rewritten === undefined ? stored : firstOf(rewritten, stored);
  const asBase = baseLayers(store, target).slice(0, ofBase.length).map(available(ofBase, store));
  const named = stack.map((layer, index) => asBase[index] ?? layerDescriptor(layer));
  const diffIDs = diffIDsOf(stack);
  const packed = packing ? await packLayers({named, diffIDs}, packing, {store, content}) : named;
  const changed = rewritten?.changed ?? [];
  const isNamed = ({digest}: Descriptor): boolean => packed.some((each) => each.digest === digest);
  return {
    built: diffIDsOf(built),
    below: ofBase.length,
    stack,
    packed,
    content,
    rewritten: changed.filter(isNamed),
  };
}

const diffIDsOf = (layers: readonly BuiltLayer[]): Digest[] => layers.map(({diffID}) => diffID);

/** A base's blob that is not here any more is named as its snapshot gives it. */
const available =
  (stack: readonly Snapshot[], store: Store) =>
  (layer: Descriptor, index: number): Descriptor => {
    const snapshot = stack[index];
    return snapshot === undefined || store.blobs.has(layer) ? layer : layerDescriptor(snapshot);
  };
