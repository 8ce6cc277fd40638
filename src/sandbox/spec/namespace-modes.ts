/**
 * The eight kinds of namespace, and for each: a new one, the host's, or another container's.
 *
 * Source  namespaces(7); OCI runtime-spec v1.2.1, config-linux.md § Namespaces.
 */
import {NAMESPACE_FILES} from '../../linux/namespaces.js';
import type {Namespace, NamespaceType} from '../../oci/runtime-spec.js';
import {InvalidRunOptionError} from '../errors.js';

/** `path` is a namespace file, like /proc/7/ns/net. */
export type NamespaceMode = 'private' | 'host' | {readonly path: string};

/** A mount namespace is always private. A private network namespace has a loopback device and nothing else. */
export type NamespaceModes = Readonly<Record<Exclude<NamespaceType, 'mount'>, NamespaceMode>>;

export const DEFAULT_NAMESPACES: NamespaceModes = {
  pid: 'private',
  network: 'host',
  ipc: 'private',
  uts: 'private',
  cgroup: 'private',
  user: 'host',
  time: 'host',
};

const TYPES: readonly (keyof NamespaceModes)[] = [
  'pid',
  'network',
  'ipc',
  'uts',
  'cgroup',
  'user',
  'time',
];

/**
 * The value of --pid, --ipc, --uts, --cgroupns, --userns, --network: private, host, none (network only), or
 * container:X with X the id of a running process or the path of a namespace file. Names of containers are
 * replaced by their process before.
 */
export function parseNamespaceMode(type: keyof NamespaceModes, text: string): NamespaceMode {
  if (text === 'private' || text === 'host') return text;
  if (text === 'none' && type === 'network') return 'private';
  const other = /^container:(.+)$/.exec(text)?.[1];
  if (other !== undefined && /^[1-9]\d*$/.test(other)) {
    return {path: `/proc/${other}/ns/${NAMESPACE_FILES[type]}`};
  }
  if (other?.startsWith('/')) return {path: other};
  const choices = type === 'network' ? 'none, host' : 'private, host';
  throw new InvalidRunOptionError(
    `${type} namespace`,
    `want ${choices} or container:<id>, got ${JSON.stringify(text)}`,
  );
}

/** In the runtime-spec's form; a type that stays the host's is not listed. */
export function namespacesOf(modes: NamespaceModes): Namespace[] {
  const listed = TYPES.flatMap((type): Namespace[] => {
    const mode = modes[type];
    if (mode === 'host') return [];
    return [mode === 'private' ? {type} : {type, path: mode.path}];
  });
  return [{type: 'mount'}, ...listed];
}
