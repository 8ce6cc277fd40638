/**
 * Takes away what neither images, nor mounts of them, nor the cache lead to any more.
 *
 * A container that runs holds the store open, and so keeps everything; one that ended needs its own layer alone.
 */
import {ImageMounts} from '../container/image-mounts.js';
import {type Collected, collectGarbage} from '../export/collect-garbage.js';
import type {Digest} from '../oci/digest.js';
import {StoreBusyError} from '../store/errors.js';
import type {Workspace} from './workspace.js';

const nothing: Collected = {blobs: [], snapshots: [], bytes: 0};

/** Nothing is taken while another process has the store open: the next sweep will. */
export async function sweep(workspace: Workspace): Promise<Collected> {
  const {store} = workspace;
  const collect = () => collectGarbage(workspace, {chainIDs: rootsInUse(workspace)});
  try {
    return await store.exclusively(collect, {wait: false});
  } catch (error) {
    if (error instanceof StoreBusyError) return nothing;
    throw error;
  }
}

function* rootsInUse({cache, store}: Workspace): Generator<Digest> {
  for (const {chainID} of new ImageMounts(store.root).list()) if (chainID !== null) yield chainID;
  for (const {chainID} of cache.records()) if (chainID !== null) yield chainID;
}
