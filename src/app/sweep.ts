/**
 * Takes away what neither images, nor mounts of them, nor the cache lead to any more, and nobody uses.
 *
 * A container that runs holds its own layers; one that ended needs none but its own.
 */
import {type Collected, collectGarbage} from '../export/collect-garbage.js';
import {StoreBusyError} from '../store/errors.js';
import {rootsInUse} from './roots-in-use.js';
import type {Workspace} from './workspace.js';

/** While another process has the store open its blobs stay: the next sweep takes them. */
export async function sweep(workspace: Workspace): Promise<Collected> {
  const {store, cache} = workspace;
  const chainIDs = () => rootsInUse(workspace, cache.results().values());
  const collect = () => collectGarbage(workspace, {chainIDs});
  try {
    return await store.exclusively(collect, {wait: false});
  } catch (error) {
    if (error instanceof StoreBusyError) return await collect();
    throw error;
  }
}
