/** `import`: a root file system's tar → an image of one layer. */
import {canonicalJSON} from '../../base/canonical-json.js';
import {timestamp} from '../../base/clock.js';
import {unpackLayer} from '../../layer/offload.js';
import {summarize} from '../../layer/summarize.js';
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import type {ImageConfig} from '../../oci/image-config.js';
import {serializeManifest} from '../../oci/manifest.js';
import {MediaType} from '../../oci/media-type.js';
import {hostPlatform, type Platform} from '../../oci/platform.js';
import type {Snapshot, Snapshotter} from '../../snapshot/snapshotter.js';
import type {Store} from '../../store/store.js';
import {applyChanges} from './apply-changes.js';
import {layerDescriptor} from './assemble.js';

export interface ImportOptions {
  readonly store: Store;
  readonly snapshots: Snapshotter;
  /** `--change`, in order. */
  readonly changes?: readonly string[];
  /** `--message`. */
  readonly message?: string;
  /** Where the tar came from, for the history: `-` for stdin. */
  readonly from?: string;
  readonly platform?: Platform;
}

/** The image, stored, without a name: the caller tags it. The tar may be compressed. */
export async function importRootfs(
  source: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<{readonly id: Digest; readonly target: Descriptor}> {
  const {os, architecture, variant} = options.platform ?? hostPlatform();
  const plain = {os, architecture, ...(variant === undefined ? {} : {variant}), config: {}};
  const draft = await applyChanges(plain, options.changes ?? []);
  const snapshot = await unpack(source, options.snapshots);
  const {blobs} = options.store;
  const data = Buffer.from(canonicalJSON(configOf(draft, snapshot, options)));
  const config = blobs.write(MediaType.config, data);
  const manifest = serializeManifest({
    schemaVersion: 2,
    mediaType: MediaType.manifest,
    config,
    layers: [layerDescriptor(snapshot)],
  });
  return {id: config.digest, target: blobs.write(MediaType.manifest, manifest)};
}

/** The layer is ours from here on, so it is named by the tar that we would write of it. */
async function unpack(
  source: AsyncIterable<Uint8Array>,
  snapshots: Snapshotter,
): Promise<Snapshot> {
  const draft = snapshots.prepare(undefined);
  try {
    await unpackLayer(source, {upper: draft.upper, lowers: []});
    return draft.commit(summarize(draft.upper));
  } finally {
    draft.discard();
  }
}

function configOf(
  draft: Omit<ImageConfig, 'rootfs' | 'history' | 'created'>,
  {diffID}: Snapshot,
  {message, from = '-'}: ImportOptions,
): ImageConfig {
  const created = timestamp();
  const comment = message === undefined || message === '' ? `Imported from ${from}` : message;
  return {
    ...draft,
    created,
    rootfs: {type: 'layers', diff_ids: [diffID]},
    history: [{created, comment}],
  };
}
