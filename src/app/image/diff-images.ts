/** `image diff`: what one image has that another has not, file by file and in its config. */
import {byPath, compareTrees} from '../../layer/inspect/compare-trees.js';
import type {FileChange} from '../../layer/inspect/file-change.js';
import {FileTree} from '../../layer/inspect/file-tree.js';
import {type LayerFile, type LayerSource, readLayer} from '../../layer/inspect/read-layer.js';
import type {Digest} from '../../oci/digest.js';
import type {StoredImage} from '../../store/images.js';
import {type ValueChange, valueChanges} from '../builds/value-changes.js';
import {openWorkspace, type Workspace} from '../workspace.js';
import {imageSize} from './image-size.js';
import {layerSources} from './layer-sources.js';

export interface ImageDiff {
  readonly before: DiffSide;
  readonly after: DiffSide;
  /** By path. */
  readonly files: readonly FileChange[];
  /** Of platform and config, by name: `Env.PATH`, `Cmd`. */
  readonly config: readonly ValueChange[];
}

interface DiffSide {
  readonly imageID: Digest;
  /** Bytes of its layers. */
  readonly size: number;
  readonly layers: number;
}

export async function diffImages(request: {
  readonly before: string;
  readonly after: string;
  /** Files' times count as well. */
  readonly times: boolean;
  readonly root?: string;
}): Promise<ImageDiff> {
  await using workspace = await openWorkspace({root: request.root});
  const {images} = workspace.store;
  const before = images.find(request.before);
  const after = images.find(request.after);
  const sides = {before: sideOf(before, workspace), after: sideOf(after, workspace)};
  if (before.id === after.id) return {...sides, files: [], config: []};
  const reading = new Reading(workspace);
  const trees = {before: await reading.root(before), after: await reading.root(after)};
  return {
    ...sides,
    files: [...compareTrees('', trees, {times: request.times, rewrites: false})].sort(byPath),
    config: valueChanges(configOf(before, workspace), configOf(after, workspace)),
  };
}

function sideOf(image: StoredImage, workspace: Workspace): DiffSide {
  const layers = workspace.store.images.manifest(image.manifest).layers.length;
  return {imageID: image.id, size: imageSize(image, workspace), layers};
}

/** Layers that both have are read once, so that their files need no reading to be known as equal. */
class Reading {
  readonly #workspace: Workspace;
  readonly #files = new Map<Digest, readonly LayerFile[]>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  async root(image: StoredImage): Promise<FileTree['root']> {
    const {diff_ids: diffIDs} = this.#workspace.store.images.config(image).rootfs;
    const tree = new FileTree();
    for (const [index, source] of layerSources(image, this.#workspace).entries()) {
      for (const file of await this.#read(diffIDs[index] as Digest, source)) tree.add(file);
      tree.endLayer();
    }
    return tree.root;
  }

  async #read(diffID: Digest, source: LayerSource): Promise<readonly LayerFile[]> {
    const known = this.#files.get(diffID);
    if (known !== undefined) return known;
    const files: LayerFile[] = [];
    await readLayer(source, (file) => files.push(file));
    this.#files.set(diffID, files);
    return files;
  }
}

/** What a container of it would find different. Env by its variables; everything else as docker inspect names it. */
function configOf(image: StoredImage, {store}: Workspace): Readonly<Record<string, unknown>> {
  const {os, architecture, variant, author, config} = store.images.config(image);
  const {Env = [], ...rest} = config;
  const variables = Object.fromEntries(
    Env.map((text): [string, string] => {
      const at = text.indexOf('=');
      return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
    }),
  );
  return {os, architecture, variant, author, Env: variables, ...rest};
}
