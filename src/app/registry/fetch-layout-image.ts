/** An image out of an OCI layout into the store, which does not name it: its documents, its layers when a step needs their files. */
import {copy} from '../../content/copy.js';
import type {Descriptor} from '../../oci/descriptor.js';
import type {LayoutImage} from '../context/layout-image.js';
import {chosen, destination, type FetchOptions} from './fetch-image.js';

type LayoutOptions = Omit<FetchOptions, 'registries'>;

/** The manifest for the platform. Throws what the layout and the store throw; NoMatchingPlatformError. */
export async function fetchLayoutImage(
  {layout, target}: LayoutImage,
  {platform, signal, ...options}: LayoutOptions,
): Promise<Descriptor> {
  const select = (children: readonly Descriptor[]) => chosen(children, platform);
  await copy({from: layout, to: destination(options)}, target, {select, signal});
  return options.store.images.manifestOf(target, platform) ?? target;
}
