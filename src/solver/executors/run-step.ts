/**
 * RUN: a process over the parent's layers; what it wrote into the upper directory is the new layer, uncopied.
 *
 * Mount points come from the foundation below all layers, so that hosts, resolv.conf, /proc and the like leave no trace.
 */
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {removeTree} from '../../base/remove-tree.js';
import type {RunOp} from '../../graph/op.js';
import {summarizeLayer} from '../../layer/offload.js';
import {makeFoundation} from '../../sandbox/foundation.js';
import {makeMountPoints} from '../../sandbox/mount-points.js';
import {mountTargets} from '../../sandbox/mount-target.js';
import {startWith} from '../../sandbox/start-with.js';
import {makeWorkingDirectory} from '../../sandbox/working-directory.js';
import type {ActiveSnapshot, Snapshot} from '../../snapshot/snapshotter.js';
import {ProcessFailedError} from '../errors.js';
import type {ExecutionContext, Root} from '../executor.js';
import type {ExecutorOptions} from './executor-options.js';
import {type OpenedMounts, openMounts} from './mounts/open-mounts.js';
import {PrivateFolder} from './mounts/private-folder.js';
import {SecretMask} from './secret-mask.js';
import {stepConfig} from './step-config.js';

interface RunPlace {
  readonly options: ExecutorOptions;
  readonly context: ExecutionContext;
}

export async function runStep(
  op: RunOp,
  inputs: readonly Root[],
  {options, context}: RunPlace,
): Promise<Snapshot> {
  const scratch = options.ingest.draft();
  mkdirSync(scratch);
  try {
    const folder = new PrivateFolder(join(scratch, 'private'));
    const mounts = await openMounts(op.mounts ?? [], {inputs, options, context, folder});
    try {
      return await runOnto(inputs[0], op, {options, context, scratch, mounts});
    } finally {
      await mounts.close();
    }
  } finally {
    removeTree(scratch);
  }
}

interface Prepared extends RunPlace {
  readonly scratch: string;
  readonly mounts: OpenedMounts;
}

async function runOnto(root: Root, op: RunOp, prepared: Prepared): Promise<Snapshot> {
  const draft = prepared.options.snapshots.prepare(root);
  try {
    const code = await runIn(draft, op, prepared);
    if (code !== 0) throw new ProcessFailedError(op.args, code);
    return draft.commit(await summarizeLayer(draft.upper));
  } finally {
    draft.discard();
  }
}

async function runIn(
  draft: ActiveSnapshot,
  op: RunOp,
  {options, context, scratch, mounts}: Prepared,
): Promise<number> {
  const foundation = makeFoundation(options.foundations, mountTargets(mounts));
  const mounted = draft.mount({foundation});
  let points: ReturnType<typeof makeMountPoints> | undefined;
  const mask = new SecretMask(mounts.secrets, context.log);
  const onOutput: typeof context.log =
    mounts.secrets.length === 0 ? context.log : (stream, data) => mask.write(stream, data);
  try {
    const config = stepConfig(op, {rootfs: mounted.path, scratch, options, mounts});
    points = makeMountPoints({path: mounted.path, upper: draft.upper}, mountTargets(config));
    makeWorkingDirectory(mounted.path, config.process.cwd, config.process.user);
    const {runtime} = options;
    const {signal} = context;
    const {code} = await startWith(config, {runtime, scratch, onOutput, signal}).exit;
    return code;
  } finally {
    mask.end();
    points?.remove();
    mounted.unmount();
    points?.prune();
  }
}
