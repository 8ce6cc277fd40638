import {chmodSync, chownSync, mkdirSync} from 'node:fs';
import {canonicalJSON} from '../../../base/canonical-json.js';
import type {CacheMount, MountOwner} from '../../../graph/run-mount.js';
import {copyFiles, selectFiles} from '../../../layer/offload.js';
import {literalSource} from '../../../layer/source/glob.js';
import {readHostFacts, requireMapped} from '../../../sandbox/host-facts.js';
import {
  type CacheMountHolder,
  type CacheMountInUse,
  type CacheMountRequest,
  cacheMountName,
} from '../../../store/cache-mounts.js';
import type {MountPlace, OpenedMount} from './opened-mount.js';

const USUAL: MountOwner = {mode: 0o755, uid: 0, gid: 0};
const STRICTNESS = ['shared', 'private', 'locked'] as const;

/**
 * All cache mounts of a step. A directory that several targets show is taken once, as the strictest of them wants it; and all steps
 * take theirs in the same order, so that two which want the same two never wait for each other.
 */
export async function openCacheMounts(
  mounts: readonly CacheMount[],
  place: MountPlace,
): Promise<ReadonlyMap<CacheMount, OpenedMount>> {
  const opened = new Map<CacheMount, OpenedMount>();
  try {
    for (const [, group] of groupsOf(mounts, place)) {
      const inUse = await acquire(group, place);
      for (const [index, mount] of group.entries()) {
        const close = index === 0 ? {close: () => inUse[Symbol.dispose]()} : {};
        opened.set(mount, {mount: shown(mount, inUse.path), ...close});
      }
    }
  } catch (error) {
    for (const {close} of opened.values()) await close?.();
    throw error;
  }
  return opened;
}

function groupsOf(mounts: readonly CacheMount[], place: MountPlace): [string, CacheMount[]][] {
  const groups = new Map<string, CacheMount[]>();
  for (const mount of mounts) {
    const name = cacheMountName({id: mount.id, variant: variantOf(mount, place)});
    groups.set(name, [...(groups.get(name) ?? []), mount]);
  }
  return [...groups].sort(([left], [right]) => (left < right ? -1 : 1));
}

const shown = ({target, readonly}: CacheMount, path: string) => ({
  destination: target,
  type: 'bind',
  source: path,
  options: ['rbind', readonly ? 'ro' : 'rw'],
});

/** Other first content, or another owner, is another directory. */
const variantOf = ({source, owner}: CacheMount, {inputs}: MountPlace): string =>
  canonicalJSON({
    from: source && {root: inputs[source.input]?.chainID ?? null, path: source.path},
    owner,
  });

async function acquire(group: readonly CacheMount[], place: MountPlace): Promise<CacheMountInUse> {
  const [mount] = group as [CacheMount, ...CacheMount[]];
  const {context, options} = place;
  const request: CacheMountRequest = {
    id: mount.id,
    variant: variantOf(mount, place),
    sharing: STRICTNESS.findLast((each) => group.some(({sharing}) => sharing === each)) ?? 'shared',
    user: context.vertex.name,
  };
  return options.cacheMounts.acquire(request, {
    signal: context.signal,
    onWait: (holder) => {
      context.log('stderr', Buffer.from(`${waiting(mount, holder)}\n`));
    },
    make: (path) => makeFirst(path, mount, place),
  });
}

function waiting({target}: CacheMount, holder: CacheMountHolder | undefined): string {
  const who =
    holder === undefined
      ? 'another step'
      : `${holder.user} of process ${holder.process} since ${holder.since}`;
  return `waiting for the cache mount ${target}, held by ${who}`;
}

async function makeFirst(
  path: string,
  {source, owner = USUAL}: CacheMount,
  {inputs, options}: MountPlace,
): Promise<void> {
  requireMapped(owner, readHostFacts());
  mkdirSync(path);
  if (source !== undefined) {
    const view = options.snapshots.view(inputs[source.input]);
    try {
      const sources = [literalSource(source.path)];
      const tree = await selectFiles({root: view.path, sources, owner: 'source'});
      const target = {upper: path, lowers: []};
      await copyFiles({root: view.path, manifest: tree.manifest, target, destination: '/'}, tree);
    } finally {
      view.unmount();
    }
  }
  chownSync(path, owner.uid, owner.gid);
  chmodSync(path, owner.mode);
}
