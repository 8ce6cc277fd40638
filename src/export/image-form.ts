/**
 * A build's result in the form an exporter wants its image in: which names its parts go by.
 *
 * Nothing is written; the content can be fetched as long as the store is open.
 */
import type {Fetcher} from '../content/fetcher.js';
import {MemoryContent} from '../content/memory.js';
import type {Vertex} from '../graph/vertex.js';
import type {Descriptor} from '../oci/descriptor.js';
import type {MediaFamily} from '../oci/media-type.js';
import type {Snapshot} from '../snapshot/snapshotter.js';
import type {Store} from '../store/store.js';
import {type Annotation, annotationsOn} from './annotations.js';
import {type AssembledImage, assemble, layerDescriptor} from './assemble.js';
import {baseLayers, baseVertex} from './base-layers.js';
import type {BuildResult} from './exporter.js';
import {ImageContent} from './image-content.js';
import {RewrittenLayers} from './rewritten-layers.js';

export interface ImageForm {
  readonly family: MediaFamily;
  /** Files of new layers that are younger than the epoch become that old. */
  readonly rewriteTimestamp: boolean;
  readonly annotations: readonly Annotation[];
}

export interface FormedImage {
  readonly image: AssembledImage;
  /** What the image goes by outside of the store: platform, time and annotations with it. */
  readonly descriptor: Descriptor;
  /** Config and manifest, and the layers they name. */
  readonly content: Fetcher;
  /** Layers that are in no snapshot and no blob of the store. */
  readonly rewritten: readonly Descriptor[];
}

export async function formImage(
  result: BuildResult,
  {family, rewriteTimestamp, annotations}: ImageForm,
): Promise<FormedImage> {
  const {definition, store, snapshots, epoch} = result;
  const {target} = definition;
  const depthOf = (vertex: Vertex | null): number => stackOf(vertex, result).length;
  const built = stackOf(target, result);
  const ofBase = built.slice(0, depthOf(baseVertex(target)));
  const packed = baseLayers(store, target).slice(0, ofBase.length).map(available(ofBase, store));
  const newest = rewriteTimestamp ? epoch : undefined;
  const rewritten = newest && (await RewrittenLayers.of(built.slice(ofBase.length), newest));
  const stack = rewritten === undefined ? built : [...ofBase, ...rewritten.layers];
  const form = {family, annotations: annotationsOn('manifest', annotations, definition.config)};
  const image = assemble(definition, {stack, depthOf, packed, epoch}, form);
  const said = annotationsOn('manifest-descriptor', annotations, definition.config);
  const descriptor = describeImage(image, said);
  const documents = new MemoryContent();
  documents.add(image.configDescriptor.mediaType, image.configData);
  documents.add(image.manifestDescriptor.mediaType, image.manifestData);
  const stored = firstOf(documents, new ImageContent(store, snapshots));
  const content = rewritten === undefined ? stored : firstOf(rewritten, stored);
  return {image, descriptor, content, rewritten: rewritten?.changed ?? []};
}

/** BuildKit says of each image when it was created. */
function describeImage(
  {manifestDescriptor, config}: AssembledImage,
  annotations: Readonly<Record<string, string>>,
): Descriptor {
  const {architecture, os, variant, created} = config;
  const time = created === undefined ? {} : {'org.opencontainers.image.created': created};
  const platform = {architecture, os, ...(variant === undefined ? {} : {variant})};
  return {...manifestDescriptor, annotations: {...time, ...annotations}, platform};
}

/** The layers of a vertex's root, base first. */
export function stackOf(
  vertex: Vertex | null,
  {snapshots, rootOf}: Pick<BuildResult, 'snapshots' | 'rootOf'>,
): readonly Snapshot[] {
  const root = vertex === null ? undefined : rootOf(vertex);
  return root === undefined ? [] : snapshots.stack(root);
}

/** A base's blob that is not here any more is named as its snapshot gives it. */
const available =
  (stack: readonly Snapshot[], store: Store) =>
  (layer: Descriptor, index: number): Descriptor => {
    const snapshot = stack[index];
    return snapshot === undefined || store.blobs.has(layer) ? layer : layerDescriptor(snapshot);
  };

const firstOf = (first: Fetcher, second: Fetcher): Fetcher => ({
  exists: async (target) => (await first.exists(target)) || second.exists(target),
  async *fetch(target) {
    yield* (await first.exists(target)) ? first.fetch(target) : second.fetch(target);
  },
});
