/**
 * What is alive: all that references and the caller's roots lead to.
 *
 * Content that is missing or damaged is kept if it is there, and ends its branch.
 */
import {TsbuildError} from '../base/error.js';
import {childrenIn, isBranch} from '../content/children.js';
import {chainIDs} from '../oci/chain-id.js';
import type {Descriptor} from '../oci/descriptor.js';
import type {Digest} from '../oci/digest.js';
import {isImageConfig} from '../oci/media-type.js';
import {parseImageConfig} from '../oci/parse-image-config.js';
import type {Store} from './store.js';

export interface Reachable {
  readonly blobs: ReadonlySet<Digest>;
  /** Every prefix of every image's stack: the snapshots in use. */
  readonly chainIDs: ReadonlySet<Digest>;
}

export function reachable(
  store: Pick<Store, 'references' | 'blobs'>,
  roots: readonly Descriptor[] = [],
): Reachable {
  const blobs = new Set<Digest>();
  const chains = new Set<Digest>();
  const pending = [...store.references.list().map(({target}) => target), ...roots];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (blobs.has(next.digest)) continue;
    blobs.add(next.digest);
    const {children, chain} = below(store, next);
    pending.push(...children);
    for (const chainID of chain) chains.add(chainID);
  }
  return {blobs, chainIDs: chains};
}

interface Below {
  readonly children: readonly Descriptor[];
  readonly chain: readonly Digest[];
}

const nothing: Below = {children: [], chain: []};

function below({blobs}: Pick<Store, 'blobs'>, target: Descriptor): Below {
  const config = isImageConfig(target.mediaType);
  if (!config && !isBranch(target)) return nothing;
  try {
    const data = blobs.read(target);
    if (!config) return {children: childrenIn(target, data), chain: []};
    return {children: [], chain: chainIDs(parseImageConfig(data).rootfs.diff_ids)};
  } catch (error) {
    if (error instanceof TsbuildError) return nothing;
    throw error;
  }
}
