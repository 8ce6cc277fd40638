/**
 * RUN --security=insecure and `run --privileged`: a process may all that this process itself may.
 *
 * Every capability there is, no filter of system calls, /sys and /proc whole and writable, and the devices that mount images,
 * make networks and start machines. In a user namespace the kernel still draws its line: what belongs to the machine stays
 * out of reach.
 *
 * Source  BuildKit executor/oci spec_linux.go, util/entitlements/security; docker run --privileged.
 */
import type {Mount, RuntimeConfig, Seccomp} from '../../oci/runtime-spec.js';
import type {HostFacts} from '../host-facts.js';
import type {PrivilegeFacts} from '../privilege-facts.js';
import {capabilitySets} from './capabilities.js';
import {seccompOf} from './seccomp-choice.js';

export interface Privileged {
  readonly host: HostFacts;
  readonly privileges: PrivilegeFacts;
  /** A profile that was asked for all the same. */
  readonly seccomp?: Seccomp | 'unconfined' | undefined;
}

export function privileged(
  spec: RuntimeConfig,
  {host, privileges, seccomp = 'unconfined'}: Privileged,
): RuntimeConfig {
  const {process, mounts, linux} = spec;
  const {seccomp: _filter, ...unfiltered} = linux;
  const capabilities = capabilitySets(privileges.capabilities, process.user.uid);
  return {
    ...spec,
    process: {...process, capabilities},
    mounts: mounts.map(writableSystem),
    linux: {
      ...unfiltered,
      ...seccompOf(seccomp, capabilities.bounding, host),
      devices: privileges.devices,
      maskedPaths: [],
      readonlyPaths: [],
    },
  };
}

const writableSystem = (mount: Mount): Mount =>
  mount.type === 'sysfs' || mount.type === 'cgroup'
    ? {...mount, options: mount.options.filter((option) => option !== 'ro')}
    : mount;
