/** `push`: images of the store into a registry, all tags of a repository if asked. */
import type {Descriptor} from '../../oci/descriptor.js';
import type {Digest} from '../../oci/digest.js';
import {
  familiarReference,
  parseReference,
  type Reference,
  repositoryOf,
} from '../../oci/reference.js';
import {inStore} from '../../store/full-disk.js';
import {type PackingRequest, packingOf} from '../build/packing-attributes.js';
import {DigestPushError, NothingToPushError} from '../errors.js';
import {openWorkspace, type Workspace} from '../workspace.js';
import {openRegistries, type RegistryAccess} from './open-registries.js';
import {type PushedImage, type PushGroup, pushNames} from './push-names.js';
import type {TransferObserver} from './transfer-event.js';

const USUAL: PackingRequest = {compression: 'gzip', force: false};

export interface PushRequest extends RegistryAccess {
  readonly reference: string;
  /** Every tag of the repository that is here. */
  readonly allTags?: boolean;
  /** gzip unless said. */
  readonly packing?: PackingRequest;
  /** Directory of the store. */
  readonly root?: string;
}

export async function pushImage(
  request: PushRequest,
  observer: TransferObserver = {},
): Promise<readonly PushedImage[]> {
  const {onEvent, signal} = observer;
  const packing = packingOf(request.packing ?? USUAL, 'compression');
  using registries = openRegistries(request, {onNotice: onEvent, signal});
  await using workspace = await openWorkspace({root: request.root});
  const pushed: PushedImage[] = [];
  const {store, snapshots} = workspace;
  const pushing = {store, snapshots, registries, packing, ...observer};
  await inStore(store.root, async () => {
    for (const group of wanted(request, workspace))
      pushed.push(...(await pushNames(group, pushing)));
  });
  return pushed;
}

function wanted({reference, allTags}: PushRequest, {store}: Workspace): readonly PushGroup[] {
  const asked = parseReference(reference);
  if (asked.digest !== undefined) throw new DigestPushError(reference);
  if (!allTags) return [{target: targetOf(asked, store), names: [asked]}];
  const groups = new Map<Digest, PushGroup>();
  for (const {reference: name, target} of store.references.list()) {
    if (name?.tag === undefined || repositoryOf(name) !== repositoryOf(asked)) continue;
    const names = groups.get(target.digest)?.names ?? [];
    groups.set(target.digest, {target, names: [...names, name]});
  }
  if (groups.size === 0) throw new NothingToPushError(familiarReference(asked));
  return [...groups.values()];
}

function targetOf(reference: Reference, {references}: Workspace['store']): Descriptor {
  const target = references.resolve(reference);
  if (target === undefined) throw new NothingToPushError(familiarReference(reference));
  return target;
}
