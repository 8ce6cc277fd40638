/** Where a build's images come from: layouts that were named, the store, else registries, their layers when a step needs the files; and where they go. */
import type {Packing} from '../../export/packing/pack-layers.js';
import type {ResolveImage} from '../../frontend/resolve-image.js';
import type {Descriptor} from '../../oci/descriptor.js';
import type {Platform} from '../../oci/platform.js';
import {formatReference, type Reference} from '../../oci/reference.js';
import type {LayerSource} from '../../snapshot/unpack-image.js';
import type {SolveEvent} from '../../solver/events.js';
import {inStore} from '../../store/full-disk.js';
import type {NamedContexts} from '../context/named-contexts.js';
import type {Workspace} from '../workspace.js';
import {fetchImage} from './fetch-image.js';
import {fetchLayoutImage} from './fetch-layout-image.js';
import {findImage} from './find-image.js';
import {LazyRegistries} from './lazy-registries.js';
import type {RegistryAccess} from './open-registries.js';
import {type PushedImage, type PushGroup, pushNames} from './push-names.js';
import {RemoteLayers} from './remote-layers.js';
import {TransferSteps} from './transfer-steps.js';

export interface ImageAccess extends RegistryAccess {
  /** Ask registries for a newer image even where the store has one of the name. */
  readonly pull?: boolean;
}

interface ImagePlace {
  readonly workspace: Pick<Workspace, 'store' | 'snapshots'>;
  readonly named: Pick<NamedContexts, 'layouts'>;
}

export interface ImageSource extends AsyncDisposable {
  readonly resolve: ResolveImage;
  readonly layers: LayerSource;
  /** Into the repository of the names. */
  readonly push: (group: PushGroup, packing: Packing) => Promise<readonly PushedImage[]>;
  readonly registries: Pick<LazyRegistries, 'pulling' | 'pushing'>;
  /** Tells of something that goes on with them, by its title. */
  readonly tell: <Out>(title: string, act: () => Promise<Out>) => Promise<Out>;
}

export interface ImageObserver {
  readonly onEvent?: (event: SolveEvent) => void;
  readonly signal?: AbortSignal;
}

export function imageSource(
  {workspace: {store, snapshots}, named: {layouts}}: ImagePlace,
  access: ImageAccess,
  {onEvent, signal}: ImageObserver = {},
): ImageSource {
  const steps = new TransferSteps((event) => onEvent?.(event));
  const observer = {onEvent: steps.on.bind(steps), signal};
  const registries = new LazyRegistries(access, {onNotice: observer.onEvent, signal});
  const pull = access.pull ? 'always' : 'missing';
  const options = {store, snapshots, registries, layouts: [...layouts.values()], ...observer};
  const lookUp = <Out>(name: string, act: () => Promise<Out>): Promise<Out> =>
    steps.tell(`[internal] load metadata for ${name}`, act);
  const find = (name: string, platform: Platform): Promise<Descriptor> => {
    const wanted = {...options, platform, layers: false};
    const image = layouts.get(name);
    if (image !== undefined) return lookUp(name, () => fetchLayoutImage(image, wanted));
    const fetch = (reference: Reference) =>
      lookUp(formatReference(reference), () => fetchImage(reference, wanted));
    return findImage(name, {store, platform, pull, fetch});
  };
  const resolve: ResolveImage = async (name, platform) => {
    const manifest = await inStore(store.root, () => find(name, platform));
    return {manifest: manifest.digest, config: store.images.config({manifest})};
  };
  return {
    resolve,
    layers: new RemoteLayers(options),
    push: (group, packing) => pushNames(group, {...options, packing}),
    registries,
    tell: (title, act) => steps.tell(title, act),
    [Symbol.asyncDispose]: () => registries[Symbol.asyncDispose](),
  };
}
