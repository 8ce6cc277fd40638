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
import {type AssembledImage, assemble, layerDescriptor} from './assemble.js';
import {baseLayers} from './base-layers.js';
import type {BuildResult} from './exporter.js';
import {ImageContent} from './image-content.js';

export interface ImageForm {
  readonly family: MediaFamily;
}

export interface FormedImage {
  readonly image: AssembledImage;
  /** Config and manifest, and the layers they name. */
  readonly content: Fetcher;
}

export function formImage(result: BuildResult, {family}: ImageForm): FormedImage {
  const {definition, store, snapshots, epoch} = result;
  const {target} = definition;
  const stack = stackOf(target, result);
  const base = baseLayers(store, target).slice(0, stack.length);
  const packed = base.map(available(stack, store));
  const depthOf = (vertex: Vertex): number => stackOf(vertex, result).length;
  const image = assemble(definition, {stack, depthOf, packed, epoch}, family);
  const documents = new MemoryContent();
  documents.add(image.configDescriptor.mediaType, image.configData);
  documents.add(image.manifestDescriptor.mediaType, image.manifestData);
  const layers = new ImageContent(store, snapshots);
  return {image, content: firstOf(documents, layers)};
}

/** The layers of a vertex's root, base first. */
export function stackOf(
  vertex: Vertex | null,
  {snapshots, rootOf}: Pick<BuildResult, 'snapshots' | 'rootOf'>,
): readonly Snapshot[] {
  const root = vertex === null ? undefined : rootOf(vertex);
  return root === undefined ? [] : snapshots.stack(root);
}

/** Whole seconds, as a tar has them. */
export const secondsOf = (time: Date): number => Math.floor(time.getTime() / 1000);

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
