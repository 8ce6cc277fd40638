/** `run`: a new container of an image, in the foreground. */
import {mkdirSync, renameSync} from 'node:fs';
import {join} from 'node:path';
import {removeTree} from '../../base/remove-tree.js';
import type {ContainerRecord} from '../../container/container-record.js';
import {newContainerID} from '../../container/container-store.js';
import type {RuntimeConfig} from '../../oci/runtime-spec.js';
import {makeFoundation} from '../../sandbox/foundation.js';
import {makeMountPoints} from '../../sandbox/mount-points.js';
import {mountTargets} from '../../sandbox/mount-target.js';
import {makeWorkingDirectory} from '../../sandbox/working-directory.js';
import {inStore} from '../../store/full-disk.js';
import {NoTerminalError} from '../errors.js';
import {bringImage} from '../registry/bring-image.js';
import type {TransferObserver} from '../registry/transfer-event.js';
import {openWorkspace} from '../workspace.js';
import {containerConfig} from './container-config.js';
import {followProcess} from './follow-process.js';
import {IDFile} from './id-file.js';
import type {RunPlace} from './run-place.js';
import type {RunRequest} from './run-request.js';

/** The exit code is the process's own, or 128 and the number of the signal that ended it. */
export async function runImage(
  request: RunRequest,
  observer: TransferObserver = {},
): Promise<{code: number}> {
  if (request.tty && request.interactive && !process.stdin.isTTY) throw new NoTerminalError();
  using idFile = request.idFile === undefined ? undefined : new IDFile(request.idFile);
  await using workspace = await openWorkspace({root: request.root});
  const {store, snapshots} = workspace;
  const {image, root} = await bringImage(request, workspace, observer);
  const draft = snapshots.prepare(root);
  const scratch = store.ingest.draft();
  try {
    mkdirSync(scratch);
    const place = {request, image, draft, scratch, workspace, idFile};
    return await inStore(store.paths.root, () => runIn(place));
  } finally {
    draft.discard();
    removeTree(scratch);
  }
}

async function runIn(place: RunPlace): Promise<{code: number}> {
  const {draft, workspace} = place;
  const id = newContainerID();
  const foundation = makeFoundation(workspace.foundations);
  const mounted = draft.mount({foundation});
  let record: ContainerRecord | undefined;
  let code = 125;
  try {
    const config = await containerConfig(place, {id, rootfs: mounted.path});
    record = register(place, id, config);
    place.idFile?.write(id);
    makeMountPoints({path: mounted.path, upper: draft.upper}, mountTargets(config));
    makeWorkingDirectory(mounted.path, config.process.cwd, config.process.user);
    code = await followProcess(config, {
      ...place,
      onStart: (pid) => {
        if (record) record = workspace.containers.started(record, pid);
      },
    });
    return {code};
  } finally {
    mounted.unmount();
    if (record) finish(place, record, code);
  }
}

function register(
  {request, image, workspace}: RunPlace,
  id: string,
  config: RuntimeConfig,
): ContainerRecord {
  return workspace.containers.create({
    id,
    name: request.name,
    image: request.image,
    imageID: image.id,
    command: config.process.args,
  });
}

/** What the container wrote goes with it, and so does its record, though it filled the disk; or both stay. */
function finish(
  {request, draft, workspace}: RunPlace,
  record: ContainerRecord,
  code: number,
): void {
  const {containers} = workspace;
  if (request.remove) {
    containers.remove(record);
  } else {
    renameSync(draft.upper, join(containers.folder(record.id), 'fs'));
    containers.finish(record, code);
  }
}
