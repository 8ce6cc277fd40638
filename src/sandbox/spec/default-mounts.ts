/**
 * The file systems every container finds, and the parts of them it must not see or change.
 *
 * Source  docker's defaults (moby daemon/pkg/oci/defaults.go); OCI runtime-spec v1.2.1, config-linux.md
 *         § Default Filesystems.
 */
import type {Mount} from '../../oci/runtime-spec.js';
import {type HostFacts, isMapped} from '../host-facts.js';
import type {NamespaceModes} from './namespace-modes.js';

export const DEFAULT_SHM_SIZE = 64 * 1024 * 1024;

/** The group `tty` of every distribution. */
const TTY_GROUP = 5;

const SAFE = ['nosuid', 'noexec', 'nodev'];

export function defaultMounts(
  host: HostFacts,
  modes: NamespaceModes,
  shmSize: number = DEFAULT_SHM_SIZE,
): Mount[] {
  return [
    proc(host, modes),
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
    },
    {destination: '/dev/pts', type: 'devpts', source: 'devpts', options: terminals(host)},
    ...sys(host, modes),
    ...messageQueues(host, modes),
    modes.ipc === 'host'
      ? bind('/dev/shm', ['rw', ...SAFE])
      : {
          destination: '/dev/shm',
          type: 'tmpfs',
          source: 'shm',
          options: [...SAFE, 'mode=1777', `size=${shmSize}`],
        },
  ];
}

/** Replaced by an empty file or directory. */
export const maskedPaths = (processors: number): string[] => [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
  ...Array.from(
    {length: processors},
    (_, index) => `/sys/devices/system/cpu/cpu${index}/thermal_throttle`,
  ),
];

export const READ_ONLY_PATHS: readonly string[] = [
  '/proc/bus',
  '/proc/fs',
  '/proc/irq',
  '/proc/sys',
  '/proc/sysrq-trigger',
];

const bind = (path: string, options: readonly string[]): Mount => ({
  destination: path,
  type: 'bind',
  source: path,
  options: ['rbind', ...options],
});

/** A process list that belongs to another user namespace can be bound, not mounted. */
const proc = (host: HostFacts, modes: NamespaceModes): Mount =>
  host.userNamespace && modes.pid === 'host'
    ? bind('/proc', SAFE)
    : {destination: '/proc', type: 'proc', source: 'proc', options: SAFE};

function terminals(host: HostFacts): string[] {
  const options = ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620'];
  return isMapped(host.gids, TTY_GROUP) ? [...options, `gid=${TTY_GROUP}`] : options;
}

/** sysfs shows a network namespace, so the kernel mounts it only for who owns that: the host's is bound. */
function sys(host: HostFacts, modes: NamespaceModes): Mount[] {
  const borrowed = host.userNamespace && modes.network !== 'private';
  const tree: Mount = borrowed
    ? bind('/sys', [...SAFE, 'rro'])
    : {destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...SAFE, 'ro']};
  if (host.unifiedCgroup && modes.cgroup === 'private') {
    return [
      tree,
      {
        destination: '/sys/fs/cgroup',
        type: 'cgroup',
        source: 'cgroup',
        options: ['ro', ...SAFE],
      },
    ];
  }
  return borrowed ? [tree, emptyCgroup] : [tree];
}

/** Hides the host's own hierarchies where they cannot be shown from a namespace. */
const emptyCgroup: Mount = {
  destination: '/sys/fs/cgroup',
  type: 'tmpfs',
  source: 'tmpfs',
  options: ['ro', ...SAFE, 'mode=755', 'size=4k'],
};

const messageQueues = (host: HostFacts, modes: NamespaceModes): Mount[] =>
  host.userNamespace && modes.ipc !== 'private'
    ? []
    : [{destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: SAFE}];
