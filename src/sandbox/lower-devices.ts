/**
 * The nodes and links of /dev that the runtime supplies, where /dev is a file system of the container's own.
 *
 * A node that an image brings, or that root makes with CAP_MKNOD, would be the machine's own disk. So only the runtime's can be
 * opened: each is a mount of its own, and what is around them is `nodev`. docker has a cgroup for that.
 *
 * Source  OCI runtime-spec v1.2.1, config-linux.md § Default Devices; runtime-linux.md § Dev symbolic links.
 */
import {MS} from '../linux/mount-flags.js';
import type {Step} from '../linux/plan.js';
import type {Device, Mount, RuntimeConfig} from '../oci/runtime-spec.js';

const CHARACTER = 0o020000;
const BLOCK = 0o060000;

const character = (path: string, major: number, minor: number): Device => ({
  path,
  type: 'c',
  major,
  minor,
  fileMode: 0o666,
});

const DEFAULT_DEVICES: readonly Device[] = [
  character('/dev/null', 1, 3),
  character('/dev/zero', 1, 5),
  character('/dev/full', 1, 7),
  character('/dev/random', 1, 8),
  character('/dev/urandom', 1, 9),
  character('/dev/tty', 5, 0),
];

const LINKS: readonly [path: string, target: string][] = [
  ['/dev/ptmx', 'pts/ptmx'],
  ['/dev/fd', '/proc/self/fd'],
  ['/dev/stdin', '/proc/self/fd/0'],
  ['/dev/stdout', '/proc/self/fd/1'],
  ['/dev/stderr', '/proc/self/fd/2'],
  ['/dev/core', '/proc/kcore'],
];

/** Who may mount can undo `nodev`, and is let be. */
export const mayUseAnyDevice = ({process}: Pick<RuntimeConfig, 'process'>): boolean =>
  process.capabilities.bounding.includes('CAP_SYS_ADMIN');

const isOwnDev = ({destination, type}: Mount): boolean =>
  destination === '/dev' && type === 'tmpfs';

const withoutDevices = (target: string, more = 0): Step => ({
  do: 'remount',
  target,
  flags: MS.remount | MS.bind | MS.nodev | more,
});

/** Of a mount that somebody could make nodes in, but for what was taken from the machine's /dev on purpose. */
export function closeDevices(mount: Mount, config: Pick<RuntimeConfig, 'process'>): Step[] {
  const {destination, type, source, options} = mount;
  const isFilled = type === 'bind' || (type === 'tmpfs' && !isOwnDev(mount));
  const isDev = type === 'bind' && /^\/(dev(\/|$)|$)/.test(source);
  if (!isFilled || isDev || options.includes('nodev') || mayUseAnyDevice(config)) return [];
  return [withoutDevices(destination, MS.rec)];
}

export function lowerDevices(config: RuntimeConfig): Step[] {
  const {mounts, linux} = config;
  const ownDev = mounts.some(isOwnDev);
  const devices = [...(ownDev ? DEFAULT_DEVICES : []), ...(linux.devices ?? [])];
  const links = ownDev ? LINKS : [];
  return [
    ...devices.map(
      ({path, type, major, minor, fileMode}): Step => ({
        do: 'device',
        path,
        major,
        minor,
        mode: (type === 'b' ? BLOCK : CHARACTER) | fileMode,
      }),
    ),
    ...links.map(([path, target]): Step => ({do: 'symlink', target, path})),
    ...(ownDev && !mayUseAnyDevice(config) ? [withoutDevices('/dev')] : []),
  ];
}
