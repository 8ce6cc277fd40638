/**
 * An image by the store, else by its registry: what FROM, COPY --from and `run` name.
 *
 *   missing   the store's, where it has one for the platform
 *   always    the registry's, even when the store has one of that name
 *   never     the store's
 *
 * An image that was asked for by its id is the store's in any case.
 */
import type {Descriptor} from '../../oci/descriptor.js';
import {type Platform, platformRank} from '../../oci/platform.js';
import {parseReference, type Reference} from '../../oci/reference.js';
import {ImageNotFoundError} from '../../store/errors.js';
import type {Store} from '../../store/store.js';

export type PullPolicy = 'always' | 'missing' | 'never';

export interface FindOptions {
  readonly store: Pick<Store, 'images' | 'references'>;
  readonly platform: Platform;
  readonly pull: PullPolicy;
  /** Brings an image from its registry. */
  readonly fetch: (reference: Reference) => Promise<{readonly manifest: Descriptor}>;
}

/** The manifest, in the store; its layers may still be elsewhere. Throws ImageNotFoundError, and what `fetch` throws. */
export async function findImage(name: string, options: FindOptions): Promise<Descriptor> {
  const {store, pull, fetch} = options;
  const local = localImage(name, options);
  if (local !== undefined && (pull === 'never' || !isNamed(name, store))) return local;
  if (local !== undefined && pull === 'missing' && isFor(local, options)) return local;
  if (pull === 'never') throw new ImageNotFoundError(name);
  return (await fetch(parseReference(name))).manifest;
}

function localImage(
  name: string,
  {store, platform}: Pick<FindOptions, 'store' | 'platform'>,
): Descriptor | undefined {
  try {
    const {target, manifest} = store.images.find(name);
    return store.images.manifestOf(target, platform) ?? manifest;
  } catch (error) {
    if (error instanceof ImageNotFoundError) return undefined;
    throw error;
  }
}

/** By a name, not by the digits of its id. */
const isNamed = (name: string, {references}: FindOptions['store']): boolean =>
  references.resolve(parseReference(name)) !== undefined;

const isFor = (manifest: Descriptor, {store, platform}: FindOptions): boolean =>
  platformRank(platform, store.images.config({manifest})) !== undefined;
