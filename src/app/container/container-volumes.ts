/**
 * The -v, --mount and --tmpfs of a run, and the VOLUMEs its image declares → mounts.
 *
 * A named volume lives in the store; while it is empty it takes over what the image has at its destination, owners included.
 * One without a name ends with its container.
 */
import {chmodSync, existsSync, mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {unreachable} from '../../base/bug.js';
import {copyFiles, selectFiles} from '../../layer/offload.js';
import {resolveInsideRoot} from '../../linux/inside-root.js';
import type {Mount} from '../../oci/runtime-spec.js';
import {InvalidRunOptionError} from '../../sandbox/errors.js';
import {
  bindMount,
  parseTmpfs,
  parseVolume,
  tmpfsMount,
  type Volume,
} from '../../sandbox/spec/volume-option.js';
import {parseMount} from './mount-option.js';
import type {RunPlace} from './run-place.js';
import type {RunRequest} from './run-request.js';

export async function containerVolumes(
  {request, scratch, workspace}: RunPlace,
  {rootfs, declared}: {rootfs: string; declared: readonly string[]},
): Promise<Mount[]> {
  const asked = volumesOf(request, process.cwd());
  const implied = declared
    .filter((destination) => !asked.has(destination))
    .map((destination): Volume => ({kind: 'anonymous', destination, readonly: false, copy: true}));
  const mounts: Mount[] = [];
  for (const [index, volume] of [...asked.values(), ...implied].entries()) {
    const anonymous = join(scratch, `volume-${index}`);
    mounts.push(await mountOf(volume, {rootfs, anonymous, volumes: workspace.volumes}));
  }
  return mounts;
}

/** By destination. Throws InvalidRunOptionError, InvalidOptionError. */
function volumesOf(
  {volumes = [], mounts = [], tmpfs = []}: RunRequest,
  directory: string,
): ReadonlyMap<string, Volume> {
  const asked = new Map<string, Volume>();
  for (const volume of [
    ...volumes.map((text) => parseVolume(text, directory)),
    ...mounts.map((text) => parseMount(text, directory)),
    ...tmpfs.map(parseTmpfs),
  ]) {
    const {destination} = volume;
    if (asked.has(destination))
      throw new InvalidRunOptionError('mount', `want one mount at ${destination}, got two`);
    asked.set(destination, volume);
  }
  return asked;
}

interface Place {
  readonly rootfs: string;
  /** Directory for a volume without a name. */
  readonly anonymous: string;
  /** Folder of the named volumes. */
  readonly volumes: string;
}

async function mountOf(volume: Volume, place: Place): Promise<Mount> {
  switch (volume.kind) {
    case 'tmpfs':
      return tmpfsMount(volume);
    case 'bind':
      if (volume.create) mkdirSync(volume.source, {recursive: true});
      else checkSource(volume.source, volume.source);
      return bindMount(volume);
    case 'named':
      return await volumeMount(volume, join(place.volumes, volume.name), place);
    case 'anonymous':
      return await volumeMount(volume, place.anonymous, place);
    default:
      return unreachable(volume);
  }
}

async function volumeMount(
  volume: Extract<Volume, {kind: 'named' | 'anonymous'}>,
  directory: string,
  {rootfs}: Place,
): Promise<Mount> {
  const {destination, readonly} = volume;
  // docker's mode, which the caller's umask would take from the users inside
  if (mkdirSync(directory, {recursive: true}) !== undefined) chmodSync(directory, 0o755);
  if (volume.copy) await seed(directory, resolveInsideRoot(rootfs, destination));
  const subpath = volume.kind === 'named' ? volume.subpath : undefined;
  const source = subpath === undefined ? directory : resolveInsideRoot(directory, subpath);
  checkSource(source, `${subpath} of the volume`);
  const below = 'as it is above';
  return bindMount({source, destination, readonly, propagation: 'rprivate', below});
}

function checkSource(path: string, told: string): void {
  if (existsSync(path)) return;
  throw new InvalidRunOptionError(
    '--mount',
    `${told} does not exist`,
    'Make it first, or use -v, which makes a directory.',
  );
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
