/** `pull`: an image out of a registry into the store. */
import type {Digest} from '../../oci/digest.js';
import {formatPlatform, type Platform, platformOrHost, platformRank} from '../../oci/platform.js';
import {formatReference, parseReference} from '../../oci/reference.js';
import {rateLimit} from '../../registry/client/refusal.js';
import {inStore} from '../../store/full-disk.js';
import type {Store} from '../../store/store.js';
import {openWorkspace} from '../workspace.js';
import {type FetchedImage, fetchImage} from './fetch-image.js';
import {openRegistries, type RegistryAccess} from './open-registries.js';
import type {TransferObserver} from './transfer-event.js';

export interface PullRequest extends RegistryAccess {
  readonly reference: string;
  /** `os/architecture[/variant]`; by default this machine's. */
  readonly platform?: string;
  /** Directory of the store. */
  readonly root?: string;
}

export interface PulledImage {
  /** In full: `docker.io/library/hello:latest`. */
  readonly reference: string;
  /** Of what the reference points to. */
  readonly digest: Digest;
  readonly imageID: Digest;
  /** False when the reference pointed there already. */
  readonly changed: boolean;
}

export async function pullImage(
  request: PullRequest,
  observer: TransferObserver = {},
): Promise<PulledImage> {
  const {onEvent, signal} = observer;
  const reference = parseReference(request.reference);
  const platform = platformOrHost(request.platform);
  using registries = openRegistries(request, {onNotice: onEvent, signal});
  await using workspace = await openWorkspace({root: request.root});
  const {store, snapshots} = workspace;
  const before = store.references.resolve(reference)?.digest;
  const options = {store, snapshots, registries, platform, layers: true, onEvent, signal};
  const fetched = await inStore(store.root, () => fetchImage(reference, options));
  for (const warning of warningsOf(fetched, platform, store)) onEvent?.({kind: 'warning', warning});
  const {digest} = fetched.target;
  return {
    reference: formatReference(reference),
    digest,
    imageID: store.images.manifest(fetched.manifest).config.digest,
    changed: before !== digest,
  };
}

function warningsOf(
  {headers, place, manifest}: FetchedImage,
  wanted: Platform,
  {images}: Store,
): readonly string[] {
  const limits = rateLimit(headers);
  const got = images.config({manifest});
  // An image that states no choice is taken as it is.
  const fits = platformRank(wanted, got) !== undefined;
  return [
    ...(limits === undefined ? [] : [`${place}: ${limits}`]),
    ...(fits ? [] : [`the image is for ${formatPlatform(got)}, not for ${formatPlatform(wanted)}`]),
  ];
}
