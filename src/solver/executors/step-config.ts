import type {RunOp} from '../../graph/op.js';
import type {RuntimeConfig} from '../../oci/runtime-spec.js';
import {resolveAccount} from '../../sandbox/accounts.js';
import {prepareCACertificates} from '../../sandbox/ca-certificates.js';
import {readHostFacts} from '../../sandbox/host-facts.js';
import {writeNetworkFiles} from '../../sandbox/network-files.js';
import {readPrivilegeFacts} from '../../sandbox/privilege-facts.js';
import {BUILD_HOSTNAME, buildStepSpec} from '../../sandbox/spec/build-step-spec.js';
import {mergeEnvironment} from '../../sandbox/spec/environment.js';
import type {ExecutorOptions} from './executor-options.js';
import {scriptMount} from './inline-files.js';
import type {OpenedMounts} from './mounts/open-mounts.js';

export interface StepPlace {
  readonly rootfs: string;
  /** For files that are bound into it. */
  readonly scratch: string;
  readonly options: ExecutorOptions;
  readonly mounts: OpenedMounts;
}

/** One RUN and all that a build gives to it. */
export function stepConfig(
  op: RunOp,
  {rootfs, scratch, options, mounts}: StepPlace,
): RuntimeConfig {
  const {hosts, limits, shmSize} = options.runs;
  const {hostname = BUILD_HOSTNAME} = op;
  const hostNetwork = op.network !== 'none';
  const files = writeNetworkFiles(scratch, hostname, {hostNetwork, extraHosts: hosts});
  const certificates =
    options.caCert === undefined ? undefined : prepareCACertificates(options.caCert, scratch);
  const script = op.script === undefined ? [] : [scriptMount(op.script, scratch)];
  return buildStepSpec({
    rootfs,
    args: op.args,
    env: mergeEnvironment(op.env, mounts.variables),
    workingDirectory: op.workingDirectory,
    account: resolveAccount(rootfs, op.user),
    network: op.network,
    ...(op.security === 'insecure' ? {privileges: readPrivilegeFacts()} : {}),
    host: readHostFacts(),
    hostname,
    hostsFile: files.hosts,
    resolvConfFile: files.resolvConf,
    ambientEnv: [...options.proxyEnv, ...(certificates?.env ?? []), ...mounts.ambientEnv],
    mounts: [...(certificates?.mounts ?? []), ...script, ...mounts.mounts],
    limits,
    ...(shmSize === undefined ? {} : {shmSize}),
  });
}
