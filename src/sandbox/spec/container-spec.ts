/**
 * An image's config and the options of `run` → runtime-spec config.
 *
 * Source  docker's defaults and merge rules (moby daemon/oci_linux.go, daemon/container.go).
 */
import type {RunConfig} from '../../oci/image-config.js';
import {
  type IDMapping,
  type Mount,
  type ResourceLimit,
  RUNTIME_SPEC_VERSION,
  type RuntimeConfig,
  type Seccomp,
} from '../../oci/runtime-spec.js';
import type {Account} from '../accounts.js';
import {InvalidRunOptionError} from '../errors.js';
import {type HostFacts, requireMapped} from '../host-facts.js';
import type {PrivilegeFacts} from '../privilege-facts.js';
import {userOf} from './build-step-spec.js';
import {capabilityNames, capabilitySets} from './capabilities.js';
import {commandLine} from './command-line.js';
import {DEFAULT_SHM_SIZE, defaultMounts, maskedPaths, READ_ONLY_PATHS} from './default-mounts.js';
import {DEFAULT_PATH, mergeEnvironment, withDefault} from './environment.js';
import {overlayMounts} from './mount-order.js';
import {DEFAULT_NAMESPACES, type NamespaceModes, namespacesOf} from './namespace-modes.js';
import {privileged} from './privileged.js';
import {seccompOf} from './seccomp-choice.js';

export interface ContainerOptions {
  readonly rootfs: string;
  readonly image: RunConfig;
  /** Of -u, else of the image's User, looked up in the rootfs. */
  readonly account: Account;
  readonly host: HostFacts;
  readonly hostname: string;
  readonly entrypoint?: string;
  /** What follows the image on the command line. */
  readonly args: readonly string[];
  /** Of --env-file, then of -e: `NAME=value`, or a name to remove. */
  readonly env: readonly string[];
  readonly workingDirectory?: string;
  readonly terminal: boolean;
  readonly readonlyRoot: boolean;
  readonly namespaces?: Partial<NamespaceModes>;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly noNewPrivileges: boolean;
  /** Absent is docker's default profile. */
  readonly seccomp?: Seccomp | 'unconfined';
  /** Binds and tmpfs of -v, --mount and --tmpfs, and the files /etc/hosts, /etc/hostname, /etc/resolv.conf. */
  readonly mounts: readonly Mount[];
  readonly rlimits?: readonly ResourceLimit[];
  /** Bytes of /dev/shm. */
  readonly shmSize?: number;
  /** --privileged: see privileged.ts. */
  readonly privileges?: PrivilegeFacts;
}

/** Throws InvalidRunOptionError, NoCommandError, UnmappedAccountError. */
export function containerSpec(options: ContainerOptions): RuntimeConfig {
  const {account, host} = options;
  requireMapped(account, host);
  const modes = {...DEFAULT_NAMESPACES, ...options.namespaces};
  // What an own user namespace may mount is what any but the first may.
  const inside = modes.user === 'host' ? host : {...host, userNamespace: true};
  const capabilities = capabilitySets(
    capabilityNames(options.capAdd, options.capDrop),
    account.uid,
  );
  const defaults = defaultMounts(inside, modes, options.shmSize ?? DEFAULT_SHM_SIZE);
  const spec: RuntimeConfig = {
    ociVersion: RUNTIME_SPEC_VERSION,
    process: {
      terminal: options.terminal,
      user: userOf(account),
      args: commandLine(options.image, options.entrypoint, options.args),
      env: containerEnvironment(options),
      cwd: workingDirectory(options),
      capabilities,
      rlimits: options.rlimits ?? [],
      noNewPrivileges: options.noNewPrivileges,
    },
    root: {path: options.rootfs, readonly: options.readonlyRoot},
    // A shared UTS namespace keeps its own name.
    ...(modes.uts === 'private' ? {hostname: options.hostname} : {}),
    mounts: overlayMounts(defaults, options.mounts),
    linux: {
      namespaces: namespacesOf(modes),
      ...(modes.user === 'private' ? ownMappings(host) : {}),
      ...seccompOf(options.seccomp, capabilities.bounding, host),
      maskedPaths: maskedPaths(host.processors),
      readonlyPaths: READ_ONLY_PATHS,
    },
  };
  const {privileges, seccomp} = options;
  return privileges === undefined ? spec : privileged(spec, {host, privileges, seccomp});
}

/** Every id keeps its number: files of the root and of volumes keep their owners. */
const ownMappings = ({uids, gids}: HostFacts) => ({
  uidMappings: sameNumbers(uids),
  gidMappings: sameNumbers(gids),
});

const sameNumbers = (map: readonly IDMapping[]): IDMapping[] =>
  map.map(({containerID, size}) => ({containerID, hostID: containerID, size}));

function containerEnvironment(options: ContainerOptions): string[] {
  const base = [
    DEFAULT_PATH,
    `HOSTNAME=${options.hostname}`,
    ...(options.terminal ? ['TERM=xterm'] : []),
  ];
  const merged = mergeEnvironment(mergeEnvironment(base, options.image.Env ?? []), options.env);
  return withDefault(merged, `HOME=${options.account.home}`);
}

function workingDirectory({workingDirectory: own, image}: ContainerOptions): string {
  const path = own ?? image.WorkingDir ?? '';
  if (path === '') return '/';
  if (path.startsWith('/')) return path;
  throw new InvalidRunOptionError(
    '--workdir',
    `want an absolute path, got ${JSON.stringify(path)}`,
  );
}
