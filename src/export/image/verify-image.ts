/**
 * Re-derives everything an image claims: digests and sizes of its documents and layers, diffIDs, chainIDs, counts.
 *
 * Returns what is wrong, each with the place it is wrong in; nothing when the image is whole. Throws only for what is no
 * fault of the image.
 */
import {createHash} from 'node:crypto';
import {decompress} from '../../archive/decompress.js';
import {TsbuildError} from '../../base/error.js';
import {chooseManifest} from '../../content/choose-manifest.js';
import {chainIDs} from '../../oci/chain-id.js';
import type {Descriptor} from '../../oci/descriptor.js';
import {type Digest, finish} from '../../oci/digest.js';
import type {ImageConfig} from '../../oci/image-config.js';
import {type Manifest, parseManifest} from '../../oci/manifest.js';
import {compressionOf, isImageConfig} from '../../oci/media-type.js';
import {parseImageConfig} from '../../oci/parse-image-config.js';
import {hostPlatform, type Platform} from '../../oci/platform.js';
import type {Snapshotter} from '../../snapshot/snapshotter.js';
import type {Store} from '../../store/store.js';
import {DiffIDMismatchError, MediaTypeMismatchError} from '../errors.js';
import {ImageContent} from './image-content.js';

export interface ImageProblem {
  /** `manifest`, `config`, `layer 3`, `snapshot 3`. */
  readonly place: string;
  readonly problem: string;
}

export interface VerifyOptions {
  readonly store: Store;
  readonly snapshots: Snapshotter;
  readonly platform?: Platform;
}

export async function verifyImage(
  target: Descriptor,
  options: VerifyOptions,
): Promise<readonly ImageProblem[]> {
  const problems: ImageProblem[] = [];
  const {store, platform = hostPlatform()} = options;
  const note = (place: string, problem: string): void => {
    problems.push({place, problem});
  };
  const manifest = await attempt('manifest', note, async () => {
    const chosen = await chooseManifest(store.blobs, target, platform);
    return parseManifest(store.blobs.read(chosen));
  });
  if (manifest === undefined) return problems;
  const config = await attempt('config', note, async () => {
    const {mediaType} = manifest.config;
    if (!isImageConfig(mediaType)) note('config', `want an image config, got ${mediaType}`);
    return parseImageConfig(store.blobs.read(manifest.config));
  });
  if (config === undefined) return problems;
  checkCounts(manifest, config, note);
  for (const [index, layer] of manifest.layers.entries()) {
    const want = config.rootfs.diff_ids[index];
    await attempt(`layer ${index}`, note, () => checkLayer(layer, want, options));
  }
  checkSnapshots(config, options.snapshots, note);
  return problems;
}

type Note = (place: string, problem: string) => void;

async function attempt<Out>(
  place: string,
  note: Note,
  act: () => Promise<Out>,
): Promise<Out | undefined> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof TsbuildError)) throw error;
    note(place, error.message);
    return undefined;
  }
}

function checkCounts(manifest: Manifest, {rootfs, history}: ImageConfig, note: Note): void {
  const layers = manifest.layers.length;
  const {length} = rootfs.diff_ids;
  if (length !== layers) note('config', `want ${layers} diff_ids, got ${length}`);
  const told = history.filter((entry) => entry.empty_layer !== true).length;
  if (history.length > 0 && told !== length) {
    note('config', `want history of ${length} layers, got ${told}`);
  }
}

async function checkLayer(
  layer: Descriptor,
  diffID: Digest | undefined,
  {store, snapshots}: VerifyOptions,
): Promise<void> {
  const hash = createHash('sha256');
  const content = new ImageContent(store, snapshots).fetch(layer);
  const {compression, bytes} = await decompress(content);
  for await (const chunk of bytes) hash.update(chunk);
  const got = finish(hash);
  if (diffID !== undefined && got !== diffID) throw new DiffIDMismatchError(diffID, got);
  const named = compressionOf(layer.mediaType);
  if (named !== compression) throw new MediaTypeMismatchError(layer, compression);
}

/** An unpacked layer must be the one of this stack; one that is not unpacked is no problem. */
function checkSnapshots({rootfs}: ImageConfig, snapshots: Snapshotter, note: Note): void {
  let parent: string | undefined;
  for (const [index, chainID] of chainIDs(rootfs.diff_ids).entries()) {
    const snapshot = snapshots.find(chainID);
    if (snapshot === undefined) return;
    const want = rootfs.diff_ids[index];
    if (snapshot.diffID !== want) note(`snapshot ${index}`, `want ${want}, got ${snapshot.diffID}`);
    if (snapshot.parent !== parent) note(`snapshot ${index}`, 'stands on another parent');
    parent = snapshot.id;
  }
}
