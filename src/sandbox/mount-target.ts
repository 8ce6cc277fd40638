import {statSync} from 'node:fs';
import {posix} from 'node:path';
import type {Mount, RuntimeConfig} from '../oci/runtime-spec.js';
import {MountPointError} from './errors.js';

/** What must exist in a root before it is mounted on. */
export interface MountTarget {
  /** Absolute and clean. */
  readonly path: string;
  readonly kind: 'file' | 'directory';
}

/** A bind takes the kind of its source; everything else is mounted on a directory. */
export function targetKind({type, source, destination}: Mount): MountTarget['kind'] {
  if (type !== 'bind') return 'directory';
  try {
    return statSync(source).isDirectory() ? 'directory' : 'file';
  } catch (cause) {
    throw new MountPointError(destination, `its source ${source} cannot be read`, cause);
  }
}

/** The targets of a config that lie in the root itself, and not in another mount of the same config. */
export function mountTargets({mounts}: Pick<RuntimeConfig, 'mounts'>): MountTarget[] {
  const seen: string[] = [];
  const targets: MountTarget[] = [];
  for (const mount of mounts) {
    const path = cleanTarget(mount.destination);
    if (!seen.some((above) => path === above || path.startsWith(`${above}/`))) {
      targets.push({path, kind: targetKind(mount)});
    }
    seen.push(path);
  }
  return targets;
}

/** Throws MountPointError unless absolute, below the root, and without `..`. */
export function cleanTarget(path: string): string {
  if (!path.startsWith('/') || path.includes('\0') || path.split('/').includes('..')) {
    throw new MountPointError(JSON.stringify(path), 'want an absolute path without ..');
  }
  const clean = posix.normalize(path).replace(/\/$/, '');
  if (clean === '') throw new MountPointError('/', 'want a path below the root');
  return clean;
}
