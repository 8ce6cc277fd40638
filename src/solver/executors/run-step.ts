/**
 * RUN: a process over the parent's layers; what it wrote into the upper directory is the new layer, uncopied.
 *
 * Mount points come from the foundation below all layers, so that hosts, resolv.conf, /proc and the like leave no trace.
 */
import {mkdirSync} from 'node:fs';
import {removeTree} from '../../base/remove-tree.js';
import type {RunOp} from '../../graph/op.js';
import {summarizeLayer} from '../../layer/offload.js';
import type {RuntimeConfig} from '../../oci/runtime-spec.js';
import {resolveAccount} from '../../sandbox/accounts.js';
import {prepareCACertificates} from '../../sandbox/ca-certificates.js';
import {makeFoundation} from '../../sandbox/foundation.js';
import {readHostFacts} from '../../sandbox/host-facts.js';
import {makeMountPoints} from '../../sandbox/mount-points.js';
import {mountTargets} from '../../sandbox/mount-target.js';
import {writeNetworkFiles} from '../../sandbox/network-files.js';
import {BUILD_HOSTNAME, buildStepSpec} from '../../sandbox/spec/build-step-spec.js';
import {startWith} from '../../sandbox/start-with.js';
import {makeWorkingDirectory} from '../../sandbox/working-directory.js';
import type {ActiveSnapshot, Snapshot} from '../../snapshot/snapshotter.js';
import {ProcessFailedError} from '../errors.js';
import type {ExecutionContext, Root} from '../executor.js';
import type {ExecutorOptions} from './executor-options.js';
import {scriptMount} from './inline-files.js';

export async function runStep(
  op: RunOp,
  root: Root,
  {options, context}: {options: ExecutorOptions; context: ExecutionContext},
): Promise<Snapshot> {
  const draft = options.snapshots.prepare(root);
  const scratch = options.ingest.draft();
  try {
    mkdirSync(scratch);
    const code = await runIn({draft, scratch}, op, {options, context});
    if (code !== 0) throw new ProcessFailedError(op.args, code);
    return draft.commit(await summarizeLayer(draft.upper));
  } finally {
    draft.discard();
    removeTree(scratch);
  }
}

async function runIn(
  {draft, scratch}: {draft: ActiveSnapshot; scratch: string},
  op: RunOp,
  {options, context}: {options: ExecutorOptions; context: ExecutionContext},
): Promise<number> {
  const mounted = draft.mount({foundation: makeFoundation(options.foundations)});
  let points: ReturnType<typeof makeMountPoints> | undefined;
  try {
    const config = stepConfig(op, {rootfs: mounted.path, scratch, options});
    points = makeMountPoints({path: mounted.path, upper: draft.upper}, mountTargets(config));
    makeWorkingDirectory(mounted.path, config.process.cwd, config.process.user);
    const {runtime} = options;
    const {log: onOutput, signal} = context;
    const {code} = await startWith(config, {runtime, scratch, onOutput, signal}).exit;
    return code;
  } finally {
    points?.remove();
    mounted.unmount();
    points?.prune();
  }
}

interface Place {
  readonly rootfs: string;
  readonly scratch: string;
  readonly options: ExecutorOptions;
}

function stepConfig(op: RunOp, {rootfs, scratch, options}: Place): RuntimeConfig {
  const hostNetwork = op.network !== 'none';
  const files = writeNetworkFiles(scratch, BUILD_HOSTNAME, {hostNetwork});
  const certificates =
    options.caCert === undefined ? undefined : prepareCACertificates(options.caCert, scratch);
  const script = op.script === undefined ? [] : [scriptMount(op.script, scratch)];
  return buildStepSpec({
    rootfs,
    args: op.args,
    env: op.env,
    workingDirectory: op.workingDirectory,
    account: resolveAccount(rootfs, op.user),
    network: op.network,
    host: readHostFacts(),
    hostsFile: files.hosts,
    resolvConfFile: files.resolvConf,
    ambientEnv: [...options.proxyEnv, ...(certificates?.env ?? [])],
    mounts: [...(certificates?.mounts ?? []), ...script],
  });
}
