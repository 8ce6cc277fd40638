/** The mounts of a RUN, made ready before its process starts and closed after it has ended. */
import {relative} from 'node:path';
import {unreachable} from '../../../base/bug.js';
import type {CacheMount, RunMount} from '../../../graph/run-mount.js';
import type {Mount} from '../../../oci/runtime-spec.js';
import {makeMountPoints} from '../../../sandbox/mount-points.js';
import {targetKind} from '../../../sandbox/mount-target.js';
import {openAgentMount} from './agent-mount.js';
import {openBindMount} from './bind-mount.js';
import {openCacheMounts} from './cache-mount.js';
import type {MountPlace, OpenedMount} from './opened-mount.js';
import {openSecretMount} from './secret-mount.js';

export interface OpenedMounts {
  /** In the order they were written. */
  readonly mounts: readonly Mount[];
  /** `NAME=value` of secrets: over the step's own. */
  readonly variables: readonly string[];
  /** `NAME=value` where the step has none. */
  readonly ambientEnv: readonly string[];
  readonly secrets: readonly Uint8Array[];
  close(): Promise<void>;
}

/** Throws SecretNotFoundError, AgentNotFoundError, UnmappedAccountError; rejects with the reason of an abort. */
export async function openMounts(
  mounts: readonly RunMount[],
  place: MountPlace,
): Promise<OpenedMounts> {
  const opened: OpenedMount[] = [];
  const close = async (): Promise<void> => {
    for (const each of opened.splice(0).reverse()) await each.close?.();
    place.folder.close();
  };
  try {
    const caches = mounts.filter((mount): mount is CacheMount => mount.type === 'cache');
    const directories = await openCacheMounts(caches, place);
    opened.push(...directories.values());
    const inOrder: OpenedMount[] = [];
    for (const mount of mounts) {
      const known = mount.type === 'cache' ? directories.get(mount) : undefined;
      const ready = known ?? (await openOne(mount, mounts, place));
      if (known === undefined) opened.push(ready);
      inOrder.push(ready);
    }
    makeNestedPoints(inOrder);
    return {...resultOf(inOrder, mounts), close};
  } catch (error) {
    await close();
    throw error;
  }
}

async function openOne(
  mount: RunMount,
  all: readonly RunMount[],
  place: MountPlace,
): Promise<OpenedMount> {
  switch (mount.type) {
    case 'bind':
      return openBindMount(
        mount,
        place,
        all.some((other) => isBelow(other.target, mount.target)),
      );
    case 'tmpfs': {
      const size = mount.size === undefined ? [] : [`size=${mount.size}`];
      const options = ['nosuid', mount.readonly ? 'ro' : 'rw', ...size];
      return {mount: {destination: mount.target, type: 'tmpfs', source: 'tmpfs', options}};
    }
    case 'secret':
      return openSecretMount(mount, place);
    case 'ssh':
      return openAgentMount(mount, place);
    case 'cache':
      return {};
    default:
      return unreachable(mount);
  }
}

const isBelow = (path: string | undefined, folder: string): boolean =>
  path?.startsWith(`${folder}/`) === true;

/** A bind may lack what others are mounted on, and is read-only by the time they are. */
function makeNestedPoints(opened: readonly OpenedMount[]): void {
  const mounts = opened.flatMap(({mount}) => mount ?? []);
  for (const {mount, writable} of opened) {
    if (mount === undefined || writable === undefined) continue;
    const points = mounts
      .filter(({destination}) => isBelow(destination, mount.destination))
      .map((nested) => ({
        path: `/${relative(mount.destination, nested.destination)}`,
        kind: targetKind(nested),
      }));
    makeMountPoints(writable, points);
  }
}

function resultOf(
  opened: readonly OpenedMount[],
  mounts: readonly RunMount[],
): Omit<OpenedMounts, 'close'> {
  const agent = mounts.findIndex(({type}, index) => type === 'ssh' && opened[index]?.mount);
  const socket = opened[agent]?.mount?.destination;
  return {
    mounts: opened.flatMap(({mount}) => mount ?? []),
    variables: opened.flatMap(({variable}) => variable ?? []),
    ambientEnv: socket === undefined ? [] : [`SSH_AUTH_SOCK=${socket}`],
    secrets: opened.flatMap(({secret}) => secret ?? []),
  };
}
