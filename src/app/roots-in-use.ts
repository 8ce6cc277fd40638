import {ImageMounts} from '../container/image-mounts.js';
import type {Digest} from '../oci/digest.js';
import type {Workspace} from './workspace.js';

/** Stacks of results, and of what else is in use without an image in the store. */
export function* rootsInUse(
  {store}: Pick<Workspace, 'store'>,
  results: Iterable<{readonly chainID?: Digest | null}>,
): Generator<Digest> {
  const mounts = new ImageMounts(store.root).list();
  for (const each of [mounts, results]) for (const {chainID} of each) if (chainID) yield chainID;
}
