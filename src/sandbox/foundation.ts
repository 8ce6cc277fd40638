/**
 * A directory of empty mount points, put lowest in an overlay: what a sandbox mounts on exists, and no layer holds it.
 *
 * One directory for each set of targets, made once, never changed, named by the set.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {canonicalJSON} from '../base/canonical-json.js';
import {digestOf, hexOf} from '../oci/digest.js';
import {MountPointError} from './errors.js';
import {cleanTarget, type MountTarget} from './mount-target.js';

/** What every process needs: DESIGN's fixed set, so that most steps share one directory. */
const BASIC_TARGETS: readonly MountTarget[] = [
  {path: '/dev', kind: 'directory'},
  {path: '/etc/hostname', kind: 'file'},
  {path: '/etc/hosts', kind: 'file'},
  {path: '/etc/resolv.conf', kind: 'file'},
  {path: '/proc', kind: 'directory'},
  {path: '/sys', kind: 'directory'},
];

/**
 * Takes   a directory of the store, made when missing; targets beside the basic ones.
 * Returns the path of the foundation. Two processes may make the same one: the first to rename wins.
 */
export function makeFoundation(directory: string, extra: readonly MountTarget[] = []): string {
  const targets = allTargets(extra);
  const path = join(directory, hexOf(digestOf(canonicalJSON(targets))).slice(0, 16));
  if (existsSync(path)) return path;
  mkdirSync(directory, {recursive: true});
  const draft = mkdtempSync(join(directory, '.draft-'));
  try {
    const root = join(draft, 'root');
    mkdirSync(root);
    for (const target of targets) makeTarget(root, target);
    freeze(root);
    publish(root, path);
  } finally {
    rmSync(draft, {recursive: true, force: true});
  }
  return path;
}

function allTargets(extra: readonly MountTarget[]): MountTarget[] {
  const kinds = new Map<string, MountTarget['kind']>();
  for (const {path, kind} of [...BASIC_TARGETS, ...extra]) kinds.set(cleanTarget(path), kind);
  return [...kinds]
    .map(([path, kind]) => ({path, kind}))
    .sort((left, right) => (left.path < right.path ? -1 : 1));
}

function makeTarget(root: string, {path, kind}: MountTarget): void {
  const names = path.slice(1).split('/');
  try {
    for (const index of names.keys()) {
      const place = join(root, ...names.slice(0, index + 1));
      if (existsSync(place)) continue;
      const file = kind === 'file' && index === names.length - 1;
      if (file) writeFileSync(place, '');
      else mkdirSync(place);
      chmodSync(place, file ? 0o644 : 0o755);
    }
  } catch (cause) {
    throw new MountPointError(path, 'another target of the same run is a file above it', cause);
  }
}

/** The modes of a Linux system, whatever the umask; times that do not depend on the day. */
function freeze(root: string): void {
  chmodSync(root, 0o755);
  for (const path of ['/proc', '/sys']) chmodSync(join(root, path), 0o555);
  utimesSync(root, 0, 0);
}

function publish(root: string, path: string): void {
  try {
    renameSync(root, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  }
}
