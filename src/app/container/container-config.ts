/** The image's config, what `run` was asked for, and the files only this container sees → runtime-spec config. */
import type {Mount, RuntimeConfig, Seccomp} from '../../oci/runtime-spec.js';
import {joinGroups, resolveAccount} from '../../sandbox/accounts.js';
import {readHostFacts} from '../../sandbox/host-facts.js';
import {writeNetworkFiles} from '../../sandbox/network-files.js';
import {type PrivilegeFacts, readPrivilegeFacts} from '../../sandbox/privilege-facts.js';
import {readSeccompProfile} from '../../sandbox/seccomp/profile-file.js';
import {capabilityNames} from '../../sandbox/spec/capabilities.js';
import {containerSpec} from '../../sandbox/spec/container-spec.js';
import {parseSecurityOptions, type SecurityOptions} from '../../sandbox/spec/security-option.js';
import {processSettings} from '../process-options.js';
import {containerEnvironment} from './container-environment.js';
import {containerNamespaces} from './container-namespaces.js';
import {containerVolumes} from './container-volumes.js';
import type {RunPlace} from './run-place.js';
import type {RunRequest} from './run-request.js';

export async function containerConfig(
  place: RunPlace,
  {id, rootfs}: {id: string; rootfs: string},
): Promise<RuntimeConfig> {
  const {request, image, scratch, workspace} = place;
  const {config} = workspace.store.images.config(image);
  const {capAdd = [], capDrop = [], groups = []} = request;
  const hostname = request.hostname ?? id.slice(0, 12);
  const host = readHostFacts();
  const {noNewPrivileges, seccomp} = parseSecurityOptions(request.securityOpt ?? []);
  const namespaces = containerNamespaces(request, workspace.containers);
  const hostNetwork = namespaces.network === 'host';
  const {hosts, limits, shmSize} = processSettings(request);
  const names = {...request.dns, hostNetwork, extraHosts: hosts};
  const files = writeNetworkFiles(scratch, hostname, names);
  const volumes = await containerVolumes(place, {
    rootfs,
    declared: Object.keys(config.Volumes ?? {}),
  });
  const profile = readProfile(seccomp, {capabilities: capabilityNames(capAdd, capDrop), host});
  return containerSpec({
    rootfs,
    image: config,
    account: joinGroups(resolveAccount(rootfs, request.user ?? config.User ?? ''), groups, {
      rootfs,
      host,
    }),
    host,
    hostname,
    args: request.args ?? [],
    env: await containerEnvironment(request),
    terminal: request.tty ?? false,
    readonlyRoot: request.readOnly ?? false,
    namespaces,
    capAdd,
    capDrop,
    noNewPrivileges,
    rlimits: limits,
    ...(shmSize === undefined ? {} : {shmSize}),
    ...(request.privileged ? {privileges: privileges(request)} : {}),
    ...(profile === undefined ? {} : {seccomp: profile}),
    ...(request.entrypoint === undefined ? {} : {entrypoint: request.entrypoint}),
    ...(request.workdir === undefined ? {} : {workingDirectory: request.workdir}),
    mounts: [
      bindFile('/etc/hosts', files.hosts),
      bindFile('/etc/resolv.conf', files.resolvConf),
      bindFile('/etc/hostname', files.hostname),
      ...volumes,
    ].sort(fromAbove),
  });
}

/** What is dropped by name stays dropped. */
function privileges({capAdd = [], capDrop = []}: RunRequest): PrivilegeFacts {
  const facts = readPrivilegeFacts();
  const kept = new Set(capabilityNames(['ALL', ...capAdd], capDrop));
  return {...facts, capabilities: facts.capabilities.filter((name) => kept.has(name))};
}

/** What is mounted on a directory goes before what is mounted inside it. */
const fromAbove = (one: Mount, other: Mount): number => depth(one) - depth(other);

const depth = ({destination}: Mount): number => destination.split('/').length;

/** Writable, as docker's are; what is written goes with the container. */
const bindFile = (destination: string, source: string): Mount => ({
  destination,
  type: 'bind',
  source,
  options: ['rbind', 'rprivate'],
});

type ProfileContext = Parameters<typeof readSeccompProfile>[1];

function readProfile(
  choice: SecurityOptions['seccomp'],
  {capabilities, host}: {capabilities: readonly string[]; host: ReturnType<typeof readHostFacts>},
): Seccomp | 'unconfined' | undefined {
  if (choice === undefined || choice === 'unconfined') return choice;
  const context: ProfileContext = {capabilities, architecture: host.architecture};
  return readSeccompProfile(choice.file, context);
}
