/** `image layers`: what each layer of an image holds, where it comes from, and what of it is waste. */
import type {FileChange} from '../../layer/inspect/file-change.js';
import type {Extent} from '../../layer/inspect/file-node.js';
import {inspectLayers} from '../../layer/inspect/inspect-layers.js';
import type {Waste} from '../../layer/inspect/waste.js';
import {chainIDs} from '../../oci/chain-id.js';
import type {Digest} from '../../oci/digest.js';
import type {StoredImage} from '../../store/images.js';
import {type LayerOrigin, layerOrigins} from '../builds/layer-origins.js';
import {openWorkspace, type Workspace} from '../workspace.js';
import {layerSizes} from './image-size.js';
import {layerSources} from './layer-sources.js';
import {checkWaste, type WasteCheck, type WasteLimits} from './waste-limits.js';

export interface ImageLayer {
  /** From 1, base first. */
  readonly number: number;
  readonly diffID: Digest;
  /** Bytes of its tar; as stored where it is not unpacked. */
  readonly size: number;
  /** What the image says of how it was made. */
  readonly createdBy: string | undefined;
  readonly origin: LayerOrigin | undefined;
  /** Files it added, changed and deleted; directories do not count. */
  readonly counts: Readonly<Record<FileChange['change'], number>>;
  /** By path. */
  readonly changes: readonly FileChange[];
}

export interface LayersReport extends Waste {
  readonly imageID: Digest;
  readonly layers: readonly ImageLayer[];
  /** What a container sees. */
  readonly visible: Extent;
  /** Bytes of files in its layers, seen or not. */
  readonly held: number;
  readonly checks: readonly WasteCheck[];
}

export async function imageLayers(request: {
  readonly reference: string;
  readonly limits: WasteLimits;
  readonly root?: string;
}): Promise<LayersReport> {
  await using workspace = await openWorkspace({root: request.root});
  const image = workspace.store.images.find(request.reference);
  const inspected = await inspectLayers(layerSources(image, workspace));
  const about = describeLayers(image, workspace);
  return {
    imageID: image.id,
    layers: about.map((layer, index) => {
      const {changes = []} = inspected.layers[index] ?? {};
      return {...layer, counts: countsOf(changes), changes};
    }),
    visible: inspected.visible,
    held: inspected.layers.reduce((sum, {bytes}) => sum + bytes, 0),
    ...inspected.waste,
    checks: checkWaste(inspected.waste, request.limits),
  };
}

function describeLayers(
  image: StoredImage,
  workspace: Workspace,
): readonly Omit<ImageLayer, 'changes' | 'counts'>[] {
  const {history, rootfs} = workspace.store.images.config(image);
  const sizes = layerSizes(image, workspace);
  const made = history.filter(({empty_layer}) => !empty_layer);
  const chain = chainIDs(rootfs.diff_ids);
  const origins = layerOrigins({id: image.id, chain}, workspace.history);
  return rootfs.diff_ids.map((diffID, index) => ({
    number: index + 1,
    diffID,
    size: sizes[index] ?? 0,
    createdBy: made[index]?.created_by,
    origin: origins[index],
  }));
}

function countsOf(changes: readonly FileChange[]): ImageLayer['counts'] {
  const counts = {added: 0, changed: 0, deleted: 0};
  for (const {change, files} of changes) counts[change] += files;
  return counts;
}
