/**
 * The -v of a run, and the VOLUMEs its image declares → mounts.
 *
 * A bind's missing source directory is made, as docker does. A named volume lives in the store; while it is empty it
 * takes over what the image has at its destination, owners included. One without a name ends with its container.
 */
import {mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {copyFiles, selectFiles} from '../layer/offload.js';
import {resolveInsideRoot} from '../linux/inside-root.js';
import type {Mount} from '../oci/runtime-spec.js';
import {bindMount, parseVolume, type Volume} from '../sandbox/spec/volume-option.js';
import type {RunPlace} from './run-place.js';

export async function containerVolumes(
  {request, scratch, workspace}: RunPlace,
  {rootfs, declared}: {rootfs: string; declared: readonly string[]},
): Promise<Mount[]> {
  const asked = (request.volumes ?? []).map((text) => parseVolume(text, process.cwd()));
  const taken = new Set([
    ...asked.map(({destination}) => destination),
    ...(request.tmpfs ?? []).map((text) => text.split(':', 1)[0]),
  ]);
  const implied = declared
    .filter((destination) => !taken.has(destination))
    .map((destination): Volume => ({kind: 'anonymous', destination}));
  const mounts: Mount[] = [];
  for (const [index, volume] of [...asked, ...implied].entries()) {
    const anonymous = join(scratch, `volume-${index}`);
    mounts.push(await mountOf(volume, {rootfs, anonymous, volumes: workspace.volumes}));
  }
  return mounts;
}

interface Place {
  readonly rootfs: string;
  /** Directory for a volume without a name. */
  readonly anonymous: string;
  /** Folder of the named volumes. */
  readonly volumes: string;
}

async function mountOf(volume: Volume, place: Place): Promise<Mount> {
  if (volume.kind === 'bind') {
    mkdirSync(volume.source, {recursive: true});
    return bindMount(volume);
  }
  const {destination} = volume;
  const named = volume.kind === 'named';
  const source = named ? join(place.volumes, volume.name) : place.anonymous;
  mkdirSync(source, {recursive: true});
  if (!named || volume.copy) await seed(source, resolveInsideRoot(place.rootfs, destination));
  return bindMount({
    kind: 'bind',
    source,
    destination,
    readonly: named && volume.readonly,
    propagation: 'rprivate',
  });
}

async function seed(volume: string, content: string): Promise<void> {
  if (readdirSync(volume).length > 0 || !isFilled(content)) return;
  const tree = await selectFiles({root: content, sources: ['.'], owner: 'source'});
  const target = {upper: volume, lowers: []};
  await copyFiles({root: content, manifest: tree.manifest, target, destination: '/'}, tree);
}

function isFilled(path: string): boolean {
  try {
    return readdirSync(path).length > 0;
  } catch {
    return false;
  }
}
