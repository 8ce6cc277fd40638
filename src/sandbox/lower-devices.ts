/**
 * The nodes and links of /dev that the runtime supplies, where /dev is a file system of the container's own.
 *
 * Source  OCI runtime-spec v1.2.1, config-linux.md § Default Devices; runtime-linux.md § Dev symbolic links.
 */
import type {Step} from '../linux/plan.js';
import type {Device, RuntimeConfig} from '../oci/runtime-spec.js';

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

export function lowerDevices({mounts, linux}: RuntimeConfig): Step[] {
  const ownDev = mounts.some(({destination, type}) => destination === '/dev' && type === 'tmpfs');
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
  ];
}
