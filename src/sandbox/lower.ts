/**
 * Runtime-spec config → plan: which kernel steps, in which order.
 *
 * Order   mounts, devices and links while the caller's files are still in reach; the pivot; what is hidden and what
 *         is read-only; names and limits; last the loss of privileges, each step while the right to do it is still
 *         there. A seccomp filter needs CAP_SYS_ADMIN or no_new_privs: without the latter it is set while root,
 *         with it last, so that fewer calls of ours have to be allowed.
 * Pure    but for one question, whether a bind's source is a directory: see `targetKind`.
 *
 * Source  OCI runtime-spec v1.2.1, runtime.md § Lifecycle, config-linux.md; runc libcontainer/rootfs_linux.go.
 */
import {capabilityMask} from '../linux/capability-names.js';
import {MS} from '../linux/mount-flags.js';
import {NAMESPACE_FLAGS} from '../linux/namespaces.js';
import type {Plan, Step} from '../linux/plan.js';
import {RESOURCE_LIMITS} from '../linux/resource-limits.js';
import type {RuntimeConfig} from '../oci/runtime-spec.js';
import {closeDevices, lowerDevices, mayUseAnyDevice} from './lower-devices.js';
import {lowerMount} from './lower-mount.js';
import {assembleSeccomp} from './seccomp/assemble.js';

export interface LowerOptions {
  /** GOARCH of the machine: seccomp counts calls by it. */
  readonly architecture: string;
  /** Process 1 is the launcher's reaper. */
  readonly init?: boolean;
}

/** Throws MountPointError, SeccompProfileError. */
export function lower(config: RuntimeConfig, options: LowerOptions): Plan {
  const {linux, process, root} = config;
  const created = linux.namespaces.filter(({path}) => path === undefined);
  return {
    namespaces: created.reduce((bits, {type}) => bits | NAMESPACE_FLAGS[type], 0),
    join: linux.namespaces.flatMap(({type, path}) =>
      path === undefined ? [] : [{kind: NAMESPACE_FLAGS[type], path}],
    ),
    uidMap: linux.uidMappings ?? [],
    gidMap: linux.gidMappings ?? [],
    timeOffsets: Object.entries(linux.timeOffsets ?? {}).map(([clock, offset]) => ({
      clock: clock as 'monotonic' | 'boottime',
      ...offset,
    })),
    rootfs: root.path,
    terminal: process.terminal,
    init: options.init ?? false,
    steps: [...rootSteps(config), ...surroundingSteps(config), ...processSteps(config, options)],
  };
}

function rootSteps(config: RuntimeConfig): Step[] {
  const {linux, mounts} = config;
  return [
    ...mounts.flatMap((mount) => [...lowerMount(mount), ...closeDevices(mount, config)]),
    ...lowerDevices(config),
    {do: 'pivot-root'},
    ...Object.entries(linux.sysctl ?? {}).map(
      ([name, data]): Step => ({
        do: 'write',
        path: `/proc/sys/${name.replaceAll('.', '/')}`,
        data,
      }),
    ),
    ...linux.readonlyPaths.map((path): Step => ({do: 'read-only', path})),
    ...linux.maskedPaths.map((path): Step => ({do: 'mask', path})),
    ...remountRoot(config),
  ];
}

function remountRoot(config: RuntimeConfig): Step[] {
  const flags = (mayUseAnyDevice(config) ? 0 : MS.nodev) | (config.root.readonly ? MS.rdonly : 0);
  return flags === 0 ? [] : [{do: 'remount', target: '/', flags: MS.remount | MS.bind | flags}];
}

function surroundingSteps({hostname, domainname, linux, process}: RuntimeConfig): Step[] {
  const ownNetwork = linux.namespaces.some(({type, path}) => type === 'network' && !path);
  return [
    ...(hostname === undefined ? [] : [{do: 'hostname', name: hostname} satisfies Step]),
    ...(domainname === undefined ? [] : [{do: 'domainname', name: domainname} satisfies Step]),
    ...(ownNetwork ? [{do: 'loopback-up'} satisfies Step] : []),
    ...process.rlimits.map(
      ({type, soft, hard}): Step => ({
        do: 'rlimit',
        resource: RESOURCE_LIMITS[type] ?? -1,
        soft,
        hard,
      }),
    ),
  ];
}

function processSteps({linux, process}: RuntimeConfig, options: LowerOptions): Step[] {
  const {capabilities, user} = process;
  const filter: Step[] =
    linux.seccomp === undefined
      ? []
      : [
          {
            do: 'seccomp',
            program: assembleSeccomp(linux.seccomp, options.architecture),
            flags: 0,
          },
        ];
  const late = process.noNewPrivileges;
  return [
    ...(late ? [] : filter),
    // Before the user changes: a directory of root's may be where the work begins.
    {do: 'chdir', path: process.cwd},
    {do: 'bounding-set', keep: capabilityMask(capabilities.bounding)},
    {
      do: 'user',
      uid: user.uid,
      gid: user.gid,
      additionalGids: user.additionalGids ?? [],
    },
    {
      do: 'capabilities',
      effective: capabilityMask(capabilities.effective),
      permitted: capabilityMask(capabilities.permitted),
      inheritable: capabilityMask(capabilities.inheritable),
      ambient: capabilityMask(capabilities.ambient),
    },
    ...(user.umask === undefined ? [] : [{do: 'umask', mode: user.umask} satisfies Step]),
    ...(late ? [{do: 'no-new-privs'} satisfies Step, ...filter] : []),
    {do: 'exec', args: process.args, env: process.env},
  ];
}
