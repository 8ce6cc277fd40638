/** One layer of an archive → its snapshot, and its blob where that is needed. */
import {createHash} from 'node:crypto';
import {decompress} from '../../archive/decompress.js';
import {unpackLayer} from '../../layer/offload.js';
import {summarize} from '../../layer/summarize.js';
import {extendChain} from '../../oci/chain-id.js';
import {type Digest, finish} from '../../oci/digest.js';
import type {Snapshot, Snapshotter} from '../../snapshot/snapshotter.js';
import type {Store} from '../../store/store.js';
import {DiffIDMismatchError} from '../errors.js';
import {readFile} from './archive-files.js';
import type {ArchivedLayer} from './archived-image.js';

interface Places {
  readonly store: Store;
  readonly snapshots: Snapshotter;
}

export async function unpackArchived(
  layer: ArchivedLayer,
  parent: Snapshot | undefined,
  places: Places,
): Promise<Snapshot> {
  const known = places.snapshots.find(extendChain(parent?.chainID, layer.diffID));
  if (known === undefined) {
    const snapshot = await unpack(layer, parent, places.snapshots);
    await keepBlob(layer, snapshot, places.store);
    return snapshot;
  }
  await checkDiffID(layer);
  await keepBlob(layer, known, places.store);
  return known;
}

async function unpack(
  {file, diffID}: ArchivedLayer,
  parent: Snapshot | undefined,
  snapshots: Snapshotter,
): Promise<Snapshot> {
  const draft = snapshots.prepare(parent);
  try {
    const stack = parent === undefined ? [] : snapshots.stack(parent);
    const lowers = stack.map(({path}) => path).reverse();
    const applied = await unpackLayer(readFile(file), {upper: draft.upper, lowers}, {diffID});
    return draft.commit(applied);
  } finally {
    draft.discard();
  }
}

/** A layer that is unpacked already may still be another one in this archive. */
async function checkDiffID({file, diffID}: ArchivedLayer): Promise<void> {
  if (file.digest === diffID) return;
  const hash = createHash('sha256');
  const {bytes} = await decompress(readFile(file));
  for await (const chunk of bytes) hash.update(chunk);
  const got = finish(hash);
  if (got !== diffID) throw new DiffIDMismatchError(diffID, got);
}

/** Bytes that nobody could write again: compressed ones a manifest names, and the tar of another tool. */
async function keepBlob(layer: ArchivedLayer, snapshot: Snapshot, {blobs}: Store): Promise<void> {
  const {file, diffID, named} = layer;
  if (named && file.digest !== diffID) {
    await blobs.push({mediaType: '', digest: file.digest, size: file.size}, readFile(file));
    return;
  }
  if (blobs.has(snapshotBlob(snapshot)) || isReproducible(snapshot)) return;
  const target = {mediaType: '', ...snapshotBlob(snapshot)};
  if (file.digest === diffID) await blobs.push(target, readFile(file));
  else await blobs.push(target, (await decompress(readFile(file))).bytes);
}

const snapshotBlob = ({diffID, size}: Snapshot): {digest: Digest; size: number} => ({
  digest: diffID,
  size,
});

const isReproducible = (snapshot: Snapshot): boolean =>
  summarize(snapshot.path).diffID === snapshot.diffID;
