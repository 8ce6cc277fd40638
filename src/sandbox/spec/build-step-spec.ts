/**
 * One RUN of a build → runtime-spec config.
 *
 * What differs from a container: the hostname, hosts and resolv.conf are read-only, there is no terminal, the
 * limit of open files is reset, and the host's network is used unless the step asks for none. Nothing here is
 * written into the layer.
 *
 * Source  BuildKit executor/oci/spec.go.
 */
import {
  type Mount,
  type ResourceLimit,
  RUNTIME_SPEC_VERSION,
  type RuntimeConfig,
  type Seccomp,
  type User,
} from '../../oci/runtime-spec.js';
import type {Account} from '../accounts.js';
import {type HostFacts, requireMapped} from '../host-facts.js';
import type {PrivilegeFacts} from '../privilege-facts.js';
import {capabilitySets, DEFAULT_CAPABILITIES} from './capabilities.js';
import {defaultMounts, maskedPaths, READ_ONLY_PATHS} from './default-mounts.js';
import {DEFAULT_PATH, withDefault} from './environment.js';
import {overlayMounts} from './mount-order.js';
import {DEFAULT_NAMESPACES, type NamespaceModes, namespacesOf} from './namespace-modes.js';
import {privileged} from './privileged.js';
import {readOnlyFile} from './read-only-file.js';
import {seccompOf} from './seccomp-choice.js';

export interface BuildStepOptions {
  /** Where the root file system is mounted. */
  readonly rootfs: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly workingDirectory: string;
  readonly account: Account;
  /** `default` is the host's. */
  readonly network: 'default' | 'none' | 'host';
  readonly host: HostFacts;
  /** By default BUILD_HOSTNAME. */
  readonly hostname?: string;
  /** Files of the host that are shown read-only as /etc/hosts and /etc/resolv.conf. */
  readonly hostsFile: string;
  readonly resolvConfFile: string;
  /** Proxies and hints: in the process, in no layer, history or key. A name the step sets itself wins. */
  readonly ambientEnv?: readonly string[];
  /** RUN --mount, CA certificates. */
  readonly mounts?: readonly Mount[];
  /** Of their type instead of the usual ones. */
  readonly limits?: readonly ResourceLimit[];
  /** Bytes of /dev/shm. */
  readonly shmSize?: number;
  /** RUN --security=insecure: see privileged.ts. */
  readonly privileges?: PrivilegeFacts;
  /** Absent is docker's default profile. */
  readonly seccomp?: Seccomp | 'unconfined';
}

export const BUILD_HOSTNAME = 'buildkitsandbox';

/** Throws UnmappedAccountError. */
export function buildStepSpec(options: BuildStepOptions): RuntimeConfig {
  const {account, host} = options;
  requireMapped(account, host);
  const modes: NamespaceModes = {
    ...DEFAULT_NAMESPACES,
    network: options.network === 'none' ? 'private' : 'host',
  };
  const capabilities = capabilitySets(DEFAULT_CAPABILITIES, account.uid);
  const spec: RuntimeConfig = {
    ociVersion: RUNTIME_SPEC_VERSION,
    process: {
      terminal: false,
      user: userOf(account),
      args: options.args,
      env: stepEnvironment(options),
      cwd: options.workingDirectory,
      capabilities,
      rlimits: limitsOf(options),
      noNewPrivileges: false,
    },
    root: {path: options.rootfs, readonly: false},
    hostname: options.hostname ?? BUILD_HOSTNAME,
    mounts: overlayMounts(defaultMounts(host, modes, options.shmSize), [
      readOnlyFile('/etc/hosts', options.hostsFile),
      readOnlyFile('/etc/resolv.conf', options.resolvConfFile),
      ...(options.mounts ?? []),
    ]),
    linux: {
      namespaces: namespacesOf(modes),
      ...seccompOf(options.seccomp, capabilities.bounding, host),
      maskedPaths: maskedPaths(host.processors),
      readonlyPaths: READ_ONLY_PATHS,
    },
  };
  const {privileges} = options;
  return privileges === undefined ? spec : privileged(spec, {host, privileges});
}

function limitsOf({limits = [], host}: BuildStepOptions): ResourceLimit[] {
  const files = {type: 'RLIMIT_NOFILE', soft: Math.min(1024, host.openFiles), hard: host.openFiles};
  const isOwn = limits.some(({type}) => type === files.type);
  return isOwn ? [...limits] : [files, ...limits];
}

/** The account as a process has it: files are made as under the usual umask, whatever the caller's is. */
export const userOf = ({uid, gid, additionalGids}: Account): User => ({
  uid,
  gid,
  additionalGids,
  umask: 0o022,
});

function stepEnvironment({env, ambientEnv = [], account}: BuildStepOptions): string[] {
  const defaults = [DEFAULT_PATH, ...ambientEnv, `HOME=${account.home}`];
  return defaults.reduce<string[]>(withDefault, [...env]);
}
