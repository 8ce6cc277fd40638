/** `image mount`, `image unmount`: the files of an image as a container would see them, read-only, for anybody to look at. */
import {type ImageMount, ImageMounts} from '../../container/image-mounts.js';
import type {FileChange} from '../../layer/inspect/file-change.js';
import {inspectLayers} from '../../layer/inspect/inspect-layers.js';
import {bindMount} from '../../linux/mount.js';
import type {StoredImage} from '../../store/images.js';
import {runBeside} from '../registry/run-beside.js';
import {openWorkspace, settle, type Workspace} from '../workspace.js';
import {imageRoot} from './image-root.js';
import {layerSources} from './layer-sources.js';

export interface MountRequest {
  readonly reference: string;
  readonly root?: string;
}

/** Mounts it until it is unmounted; see ImageMounts. */
export async function mountImage(request: MountRequest): Promise<ImageMount> {
  await using workspace = await openWorkspace({root: request.root});
  const {store, snapshots} = workspace;
  const image = store.images.find(request.reference);
  const top = await imageRoot(image, workspace);
  const view = snapshots.view(top);
  const {id: imageID} = image;
  const about = {image: request.reference, imageID, chainID: top?.chainID ?? null};
  const mount = new ImageMounts(store.root).hold(about, (target) =>
    bindMount(view.path, target, {readOnly: true}),
  );
  view.unmount();
  settle(workspace);
  return mount;
}

export interface BesideMount extends MountRequest {
  /** A program and its arguments: run in the namespaces of the mount, as their root. */
  readonly command: readonly string[];
  /** An empty layer above the image takes what the command writes, and is thrown away. */
  readonly scratch: boolean;
  readonly signal: AbortSignal;
}

export interface BesideResult {
  readonly code: number;
  /** What is in the scratch layer in the end. */
  readonly changes: readonly FileChange[];
}

/** Runs a command while the image is mounted at the directory that TSBUILD_MOUNT names. */
export async function runBesideMount(request: BesideMount): Promise<BesideResult> {
  await using workspace = await openWorkspace({root: request.root});
  const image = workspace.store.images.find(request.reference);
  const top = await imageRoot(image, workspace);
  if (request.scratch) {
    const draft = workspace.snapshots.prepare(top);
    try {
      const code = await besideMount(draft.mount(), request);
      return {code, changes: await changesIn(draft.upper, {image, workspace})};
    } finally {
      draft.discard();
    }
  }
  return {code: await besideMount(workspace.snapshots.view(top), request), changes: []};
}

async function besideMount(
  mounted: {readonly path: string; unmount(): void},
  {command, signal}: BesideMount,
): Promise<number> {
  try {
    return await runBeside(command, {env: {TSBUILD_MOUNT: mounted.path}, signal});
  } finally {
    mounted.unmount();
  }
}

async function changesIn(
  upper: string,
  {image, workspace}: {readonly image: StoredImage; readonly workspace: Workspace},
): Promise<readonly FileChange[]> {
  const sources = layerSources(image, workspace);
  const {layers} = await inspectLayers([...sources, {kind: 'directory', path: upper}]);
  return layers.at(-1)?.changes ?? [];
}

export async function listMounts(request: {
  readonly root?: string;
}): Promise<readonly ImageMount[]> {
  await using workspace = await openWorkspace({root: request.root});
  return new ImageMounts(workspace.store.root).list();
}

/** `mounts` are ids or images; without any, all. */
export async function unmountImages(request: {
  readonly mounts?: readonly string[];
  readonly root?: string;
}): Promise<readonly ImageMount[]> {
  await using workspace = await openWorkspace({root: request.root});
  const mounts = new ImageMounts(workspace.store.root);
  const found = request.mounts?.flatMap((query) => mounts.find(query)) ?? mounts.list();
  const ending = [...new Map(found.map((mount) => [mount.id, mount])).values()];
  for (const mount of ending) mounts.remove(mount);
  return ending;
}
