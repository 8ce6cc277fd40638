/**
 * A build's result → image config and manifest. Equal inputs give equal bytes.
 *
 * Takes   config and history drafts as the frontend left them, the stack of the result, and how deep each vertex's root is.
 * History an entry that made a layer was created with its snapshot; metadata with the newest layer before it, or, where all
 *         before it is the base's, with the first after it; the image with the newest of all. `epoch` (SOURCE_DATE_EPOCH) is the time of all that this build adds, and so of the image.
 * Layers  uncompressed, digest = diffID, but for those that `packed` names: a base's keep its manifest's descriptors.
 * Source  OCI image-spec v1.1.1, config.md and manifest.md.
 */
import {invariant} from '../../base/bug.js';
import {canonicalJSON} from '../../base/canonical-json.js';
import {timestamp} from '../../base/clock.js';
import type {BuildDefinition, HistoryDraft} from '../../frontend/build-definition.js';
import type {Vertex} from '../../graph/vertex.js';
import {type Descriptor, describe} from '../../oci/descriptor.js';
import {digestOf} from '../../oci/digest.js';
import type {HistoryEntry, ImageConfig} from '../../oci/image-config.js';
import {serializeManifest} from '../../oci/manifest.js';
import {compressionOf, imageTypes, type MediaFamily, MediaType} from '../../oci/media-type.js';
import type {Snapshot} from '../../snapshot/snapshotter.js';

/** What is said of an image; `BuildStep.state` says it of the image after a step. */
export type ImageDraft = Pick<BuildDefinition, 'config' | 'history'>;

/** A layer of the result as its uncompressed tar. */
export type BuiltLayer = Pick<Snapshot, 'diffID' | 'size' | 'createdAt'>;

export interface BuiltLayers {
  /** The stack of the result, base first. */
  readonly stack: readonly BuiltLayer[];
  /** Number of layers of a vertex's root. */
  readonly depthOf: (vertex: Vertex) => number;
  /** By their place in the stack, layers that the manifest names otherwise than uncompressed. */
  readonly packed: readonly (Descriptor | undefined)[];
  /** SOURCE_DATE_EPOCH. */
  readonly epoch?: Date | undefined;
}

/** What the image config needs of them. */
type LayerFacts = Omit<BuiltLayers, 'packed'>;

export interface AssembledImage {
  readonly config: ImageConfig;
  readonly configData: Buffer;
  /** Its digest is the image's id. */
  readonly configDescriptor: Descriptor;
  readonly manifestData: Buffer;
  readonly manifestDescriptor: Descriptor;
}

/** What config and manifest are beyond what a build makes. */
export interface ManifestForm {
  readonly family: MediaFamily;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Of the config, beside the spec's. */
  readonly members?: Readonly<Record<string, unknown>>;
}

export function assemble(
  draft: ImageDraft,
  layers: BuiltLayers,
  {family, annotations = {}, members = {}}: ManifestForm = {family: 'oci'},
): AssembledImage {
  const types = imageTypes[family];
  const config = assembleConfig(draft, layers);
  const configData = Buffer.from(canonicalJSON({...config, ...members}));
  const configDescriptor = describe(types.config, configData);
  const named = layers.stack.map((layer, index) => layers.packed[index] ?? layerDescriptor(layer));
  const manifestData = serializeManifest({
    schemaVersion: 2,
    mediaType: types.manifest,
    config: configDescriptor,
    layers: named.map((layer) => inFamily(layer, family)),
    ...(Object.keys(annotations).length === 0 ? {} : {annotations}),
  });
  const manifestDescriptor = describe(types.manifest, manifestData);
  return {config, configData, configDescriptor, manifestData, manifestDescriptor};
}

/** The image after a step: what the classic builder shows as its id. */
export const intermediateID = (draft: ImageDraft, layers: LayerFacts) =>
  digestOf(canonicalJSON(assembleConfig(draft, layers)));

/** A layer as it is: uncompressed. */
export const layerDescriptor = ({
  diffID,
  size,
}: Pick<BuiltLayer, 'diffID' | 'size'>): Descriptor => ({
  mediaType: MediaType.layer,
  digest: diffID,
  size,
});

/** The same bytes under the name its manifest's family has for them. */
export function inFamily(layer: Descriptor, family: MediaFamily): Descriptor {
  const compression = compressionOf(layer.mediaType);
  if (compression === undefined) return layer;
  return {...layer, mediaType: imageTypes[family].layer[compression]};
}

function assembleConfig(draft: ImageDraft, layers: LayerFacts): ImageConfig {
  const history = fillHistory(draft.history, layers);
  const {epoch} = layers;
  const adds = draft.history.some(({kind}) => kind !== 'base');
  const newest = history.reduce((time, entry) => later(time, entry.created), EPOCH);
  return {
    ...draft.config,
    created: epoch !== undefined && adds ? timestamp(epoch) : newest,
    rootfs: {type: 'layers', diff_ids: layers.stack.map(({diffID}) => diffID)},
    history,
  };
}

const EPOCH = timestamp(new Date(0));

function fillHistory(
  drafts: readonly HistoryDraft[],
  {stack, depthOf, epoch}: LayerFacts,
): readonly HistoryEntry[] {
  let depth = 0;
  let isBase = true;
  let newest = EPOCH;
  const entries = drafts.map((draft): HistoryEntry => {
    if (draft.kind === 'base') {
      if (draft.entry.empty_layer !== true) depth++;
      newest = later(newest, draft.entry.created);
      return draft.entry;
    }
    const made = draft.kind === 'layer' && depthOf(draft.vertex) > depth;
    if (made || isBase) newest = later(newest, stack[depth]?.createdAt);
    isBase = false;
    if (made) depth++;
    const created = epoch === undefined ? newest : timestamp(epoch);
    const entry = {created, created_by: draft.createdBy, comment: draft.comment};
    return made ? entry : {...entry, empty_layer: true};
  });
  invariant(depth === stack.length, `history tells of ${depth} layers, there are ${stack.length}`);
  return entries;
}

/** A time that is none, as some tools write, is earlier than any. */
function later(left: string, right: string | undefined): string {
  if (right === undefined) return left;
  const at = Date.parse(right);
  return Number.isNaN(at) || at <= Date.parse(left) ? left : right;
}
