/** Namespaces by the runtime-spec's names. Source: namespaces(7); OCI runtime-spec v1.2.1, config-linux.md § Namespaces. */

export type NamespaceName =
  | 'cgroup'
  | 'ipc'
  | 'mount'
  | 'network'
  | 'pid'
  | 'time'
  | 'user'
  | 'uts';

/** CLONE_NEW* of clone(2). */
export const NAMESPACE_FLAGS: Readonly<Record<NamespaceName, number>> = {
  cgroup: 0x02000000,
  ipc: 0x08000000,
  mount: 0x00020000,
  network: 0x40000000,
  pid: 0x20000000,
  time: 0x00000080,
  user: 0x10000000,
  uts: 0x04000000,
};

/** Names in /proc/PID/ns. */
export const NAMESPACE_FILES: Readonly<Record<NamespaceName, string>> = {
  cgroup: 'cgroup',
  ipc: 'ipc',
  mount: 'mnt',
  network: 'net',
  pid: 'pid',
  time: 'time',
  user: 'user',
  uts: 'uts',
};
