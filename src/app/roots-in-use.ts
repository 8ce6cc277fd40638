import {ImageMounts} from '../container/image-mounts.js';
import type {Digest} from '../oci/digest.js';
import type {Workspace} from './workspace.js';

/** Stacks in use without an image in the store: results of the cache but for those `without`, and images that are mounted. */
export function* rootsInUse(
  {cache, store}: Workspace,
  without: ReadonlySet<string> = new Set(),
): Generator<Digest> {
  for (const {chainID} of new ImageMounts(store.root).list()) if (chainID !== null) yield chainID;
  for (const {key, chainID} of cache.records()) {
    if (chainID !== null && !without.has(key)) yield chainID;
  }
}
