/**
 * --pid, --ipc, --uts, --userns, --cgroupns and --network of `run` → namespace modes.
 *
 * `container:<id or name>` is the namespace of that container's process, while it runs.
 */
import {readlinkSync} from 'node:fs';
import type {ContainerStore} from '../../container/container-store.js';
import {ContainerNotRunningError, ContainerOutOfReachError} from '../../container/errors.js';
import {type NamespaceModes, parseNamespaceMode} from '../../sandbox/spec/namespace-modes.js';
import type {RunRequest} from './run-request.js';

const TYPES = ['pid', 'ipc', 'uts', 'user', 'cgroup', 'network'] as const;

/** Throws InvalidRunOptionError, NoSuchContainerError, ContainerNotRunningError, ContainerOutOfReachError. */
export function containerNamespaces(
  {namespaces = {}, network = 'default'}: RunRequest,
  containers: ContainerStore,
): Partial<NamespaceModes> {
  const wanted = {...namespaces, network: network === 'default' ? 'host' : network};
  const modes = TYPES.flatMap((type) => {
    const text = wanted[type];
    if (text === undefined) return [];
    return [[type, parseNamespaceMode(type, withProcess(text, containers))] as const];
  });
  return Object.fromEntries(modes);
}

function withProcess(text: string, containers: ContainerStore): string {
  const query = /^container:(.+)$/.exec(text)?.[1];
  if (query === undefined) return text;
  const record = containers.find(query);
  const pid = containers.runningProcess(record);
  if (pid === undefined) throw new ContainerNotRunningError(record.name);
  try {
    readlinkSync(`/proc/${pid}/ns/user`);
  } catch (error) {
    throw new ContainerOutOfReachError(record.name, error);
  }
  return `container:${pid}`;
}
