/** What this machine is like, as far as it decides which rung of the rootless ladder is reached. Only looks. */
import {accessSync, constants, existsSync, readFileSync, statSync} from 'node:fs';
import {release} from 'node:os';
import {delimiter, join} from 'node:path';
import {
  currentIDMap,
  firstFreeSubordinateID,
  sizeOfIDMap,
  subordinateRanges,
  toHostID,
} from './id-map.js';
import {lgetxattr} from './xattr.js';

/** A program that must be able to change ids: found, and allowed to. */
export interface MappingProgram {
  readonly path: string;
  /** Set-user-id, or with a file capability. */
  readonly privileged: boolean;
}

export interface MachineFacts {
  readonly kernel: string;
  /** ID and ID_LIKE of os-release(5). */
  readonly distribution: readonly string[];
  /** Outside of the user namespace this process may be in. */
  readonly uid: number;
  readonly userName: string | undefined;
  /** How many ids this process's user namespace has. */
  readonly ids: number;
  readonly newuidmap: MappingProgram | undefined;
  readonly newgidmap: MappingProgram | undefined;
  /** How many subordinate ids the user has. */
  readonly subuids: number;
  readonly subgids: number;
  readonly freeSubordinateID: number;
  /** user.max_user_namespaces; undefined in kernels without user namespaces. */
  readonly maxUserNamespaces: number | undefined;
  /** kernel.unprivileged_userns_clone of Debian's and Arch's older kernels. */
  readonly unprivilegedUsernsClone: number | undefined;
  /** kernel.apparmor_restrict_unprivileged_userns, since Ubuntu 23.10. */
  readonly apparmorRestrictsUserns: number | undefined;
  readonly cgroups: 'v2' | 'v1' | 'hybrid' | 'none';
  readonly seccomp: boolean;
  readonly fuse: boolean;
  readonly timeNamespaces: boolean;
}

/** `searchPath` is the PATH by which the launcher looks for newuidmap. */
export function machineFacts(searchPath: string): MachineFacts {
  const uid = toHostID(currentIDMap('uid'), process.getuid?.() ?? 0) ?? 65_534;
  const userName = nameOf(uid);
  const [subuid, subgid] = [text('/etc/subuid'), text('/etc/subgid')];
  const owned = (file: string): number =>
    subordinateRanges(file, {name: userName, uid}).reduce((sum, {size}) => sum + size, 0);
  return {
    kernel: release(),
    distribution: distribution(text('/etc/os-release')),
    uid,
    userName,
    ids: sizeOfIDMap(currentIDMap('uid')),
    newuidmap: mappingProgram('newuidmap', searchPath),
    newgidmap: mappingProgram('newgidmap', searchPath),
    subuids: owned(subuid),
    subgids: owned(subgid),
    freeSubordinateID: firstFreeSubordinateID(subuid, subgid),
    maxUserNamespaces: setting('user/max_user_namespaces'),
    unprivilegedUsernsClone: setting('kernel/unprivileged_userns_clone'),
    apparmorRestrictsUserns: setting('kernel/apparmor_restrict_unprivileged_userns'),
    cgroups: cgroups(),
    seccomp: existsSync('/proc/sys/kernel/seccomp'),
    fuse: canOpen('/dev/fuse'),
    timeNamespaces: existsSync('/proc/self/ns/time'),
  };
}

/** Empty when it cannot be read: then the machine does not have what it would say. */
function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function setting(name: string): number | undefined {
  const value = text(`/proc/sys/${name}`).trim();
  return /^\d+$/.test(value) ? Number(value) : undefined;
}

function distribution(osRelease: string): string[] {
  return [...osRelease.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)"?$/gm)].flatMap(([, names = '']) =>
    names.split(/\s+/),
  );
}

function nameOf(uid: number): string | undefined {
  const fields = text('/etc/passwd')
    .split('\n')
    .map((line) => line.split(':'));
  return fields.find(([, , id]) => id === String(uid))?.[0];
}

function mappingProgram(name: string, searchPath: string): MappingProgram | undefined {
  for (const folder of searchPath.split(delimiter)) {
    const path = join(folder, name);
    if (!existsSync(path)) continue;
    const {mode, uid} = statSync(path);
    const SET_USER_ID = 0o4000;
    // In a user namespace the owner root shows as nobody.
    const isSetuid = (mode & SET_USER_ID) !== 0 && [0, 65_534].includes(uid);
    return {path, privileged: isSetuid || lgetxattr(path, 'security.capability') !== undefined};
  }
  return undefined;
}

function cgroups(): MachineFacts['cgroups'] {
  if (existsSync('/sys/fs/cgroup/cgroup.controllers')) return 'v2';
  const mounts = text('/proc/self/mountinfo');
  const [one, two] = [mounts.includes(' - cgroup '), mounts.includes(' - cgroup2 ')];
  if (one && two) return 'hybrid';
  if (one) return 'v1';
  return two ? 'v2' : 'none';
}

function canOpen(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
