/**
 * What a sandbox spec depends on besides its options: read once, so that making a spec stays a pure function.
 *
 * Source  user_namespaces(7) § uid_map, proc_pid_limits(5).
 */
import {existsSync, readFileSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import type {IDMapping} from '../oci/runtime-spec.js';
import {UnmappedAccountError} from './errors.js';

export interface HostFacts {
  /** GOARCH: amd64, arm64. */
  readonly architecture: string;
  /** True in any user namespace but the first: no mknod, sysfs only with an own network namespace. */
  readonly userNamespace: boolean;
  /** Ids that exist here; the ids of the namespace we are in are the container's. */
  readonly uids: readonly IDMapping[];
  readonly gids: readonly IDMapping[];
  /** Whether /sys/fs/cgroup is the unified hierarchy alone. */
  readonly unifiedCgroup: boolean;
  readonly processors: number;
  /** Hard limit of open files. */
  readonly openFiles: number;
}

/** As Go and the image-spec call it. */
export const hostArchitecture = (): string => (process.arch === 'x64' ? 'amd64' : process.arch);

let known: HostFacts | undefined;

/** Of this process; they do not change while it lives. */
export function readHostFacts(): HostFacts {
  known ??= readOnce();
  return known;
}

function readOnce(): HostFacts {
  const uids = parseIDMap(readFileSync('/proc/self/uid_map', 'latin1'));
  return {
    architecture: hostArchitecture(),
    userNamespace: !(uids.length === 1 && (uids[0]?.size ?? 0) >= 2 ** 32 - 1),
    uids,
    gids: parseIDMap(readFileSync('/proc/self/gid_map', 'latin1')),
    unifiedCgroup: existsSync('/sys/fs/cgroup/cgroup.controllers'),
    processors: availableParallelism(),
    openFiles: hardOpenFiles(readFileSync('/proc/self/limits', 'latin1')),
  };
}

export const isMapped = (map: readonly IDMapping[], id: number): boolean =>
  map.some(({containerID, size}) => id >= containerID && id < containerID + size);

/** True where one id is all there is: the launcher's rung `single`. */
export const hasSingleID = (host: HostFacts): boolean =>
  host.uids.reduce((sum, {size}) => sum + size, 0) === 1;

function parseIDMap(text: string): IDMapping[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [containerID = 0, hostID = 0, size = 0] = line.trim().split(/\s+/).map(Number);
      return {containerID, hostID, size};
    });
}

function hardOpenFiles(limits: string): number {
  const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1];
  return hard === undefined ? 1024 : Number(hard);
}

/** Throws UnmappedAccountError for a user or group that does not exist in this user namespace. */
export function requireMapped(account: {uid: number; gid: number}, host: HostFacts): void {
  if (!isMapped(host.uids, account.uid)) throw new UnmappedAccountError('uid', account.uid);
  if (!isMapped(host.gids, account.gid)) throw new UnmappedAccountError('gid', account.gid);
}
