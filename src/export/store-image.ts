/** Puts a build's image into the store: config, then manifest. The layers stay in their snapshots. */
import type {BuildDefinition} from '../frontend/build-definition.js';
import type {Vertex} from '../graph/vertex.js';
import type {Descriptor} from '../oci/descriptor.js';
import type {Digest} from '../oci/digest.js';
import type {Snapshot, Snapshotter} from '../snapshot/snapshotter.js';
import type {Store} from '../store/store.js';
import {type AssembledImage, assemble, intermediateID, layerDescriptor} from './assemble.js';
import {baseLayers} from './base-layers.js';

export interface BuildResult {
  readonly store: Store;
  readonly snapshots: Snapshotter;
  /** A vertex's root, once it is solved; undefined is the empty root. */
  readonly rootOf: (vertex: Vertex) => Snapshot | undefined;
  /** SOURCE_DATE_EPOCH. */
  readonly epoch?: Date;
}

export function storeImage(definition: BuildDefinition, result: BuildResult): AssembledImage {
  const {store} = result;
  const built = layersOf(definition.target, result);
  const base = baseLayers(store, definition.target).slice(0, built.stack.length);
  const image = assemble(definition, {...built, base: base.map(available(built.stack, store))});
  store.blobs.write(image.configDescriptor.mediaType, image.configData);
  store.blobs.write(image.manifestDescriptor.mediaType, image.manifestData);
  return image;
}

/** The classic builder's id after a step whose vertex is solved. Nothing is stored. */
export function stepID(
  step: BuildDefinition['steps'][number],
  result: Omit<BuildResult, 'store'>,
): Digest {
  return intermediateID(step.state, layersOf(step.vertex, result));
}

function layersOf(target: Vertex | null, result: Omit<BuildResult, 'store'>) {
  const {snapshots, rootOf, epoch} = result;
  const stackOf = (vertex: Vertex | null): readonly Snapshot[] => {
    const root = vertex === null ? undefined : rootOf(vertex);
    return root === undefined ? [] : snapshots.stack(root);
  };
  return {
    stack: stackOf(target),
    depthOf: (vertex: Vertex) => stackOf(vertex).length,
    ...(epoch === undefined ? {} : {epoch}),
  };
}

/** A base's blob that is not here any more is named as its snapshot gives it. */
const available =
  (stack: readonly Snapshot[], store: Store) =>
  (layer: Descriptor, index: number): Descriptor => {
    const snapshot = stack[index];
    return snapshot === undefined || store.blobs.has(layer) ? layer : layerDescriptor(snapshot);
  };
