/** `cache mounts export` and `import`: the directories of RUN --mount=type=cache, from one machine's store to another's. */
import {chmodSync, chownSync, createReadStream, mkdirSync} from 'node:fs';
import {join} from 'node:path';
import type {Readable} from 'node:stream';
import {now} from '../../base/clock.js';
import {ArchiveFiles, readFile} from '../../export/archive/archive-files.js';
import {type ArchivePlace, writeArchive} from '../../export/archive/write-archive.js';
import {
  type ArchivedMount,
  archivedMounts,
  packMounts,
} from '../../export/cache-mount/cache-mount-archive.js';
import {type TrimLimits, trimmer} from '../../export/cache-mount/trim-files.js';
import {unpackFiles} from '../../layer/unpack-files.js';
import {lockCacheMount, placeCacheMount} from '../../store/cache-mount-exchange.js';
import type {CacheMountFolder} from '../../store/cache-mount-folders.js';
import {inStore} from '../../store/full-disk.js';
import {openWorkspace} from '../workspace.js';
import {chosenMounts} from './cache-mounts.js';

export interface ExportMountsRequest extends TrimLimits {
  /** Ids as Dockerfiles give them; all without. */
  readonly ids?: readonly string[];
  readonly output: ArchivePlace;
  readonly signal?: AbortSignal;
  readonly root?: string;
}

/** Waits for steps that use one of them. Of a private mount's directories the first goes along. */
export async function exportCacheMounts(
  request: ExportMountsRequest,
): Promise<readonly CacheMountFolder[]> {
  await using workspace = await openWorkspace({root: request.root});
  const {mounts: root} = workspace.store.paths;
  const chosen: CacheMountFolder[] = [];
  const locks: Disposable[] = [];
  try {
    for (const mount of chosenMounts(request.ids, workspace)) {
      if (!mount.path.endsWith('/0')) continue;
      const lock = await lockCacheMount(join(root, mount.path), request.signal);
      if (lock === undefined) continue;
      locks.push(lock);
      chosen.push(mount);
    }
    const mounts = chosen.map(({path, id, variant}) => {
      const files = join(root, path, 'fs');
      return {id, variant, path: files, walk: trimmer(files, request, now())};
    });
    await writeArchive(packMounts(mounts), request.output, request.signal);
    return chosen;
  } finally {
    for (const lock of locks) lock[Symbol.dispose]();
  }
}

export interface ImportMountsRequest {
  /** A file's path, or the bytes; plain or compressed. */
  readonly input: string | Readable;
  /** Of the archive unpacked, and of the files in it. */
  readonly mostBytes: number;
  readonly root?: string;
}

export interface ImportedMount {
  readonly id: string;
  /** Bytes of the tar of its files. */
  readonly size: number;
}

/** All of them, in the place of what was here under their ids, or none: what cannot be believed changes nothing. */
export async function importCacheMounts(
  request: ImportMountsRequest,
): Promise<readonly ImportedMount[]> {
  const {input, mostBytes} = request;
  await using workspace = await openWorkspace({root: request.root});
  const {paths, ingest} = workspace.store;
  const source = typeof input === 'string' ? createReadStream(input) : input;
  const folder = ingest.draft();
  return await inStore(paths.root, async () => {
    const files = await ArchiveFiles.read(source, folder, {mostBytes});
    const mounts = archivedMounts(files);
    const drafts: string[] = [];
    for (const mount of mounts) drafts.push(await unpacked(mount, ingest.draft(), mostBytes));
    for (const [index, mount] of mounts.entries()) {
      await placeCacheMount(paths.mounts, mount, {draft: drafts[index] ?? '', ingest});
    }
    return mounts.map(({id, files: {size}}) => ({id, size}));
  });
}

async function unpacked(mount: ArchivedMount, draft: string, mostBytes: number): Promise<string> {
  mkdirSync(draft);
  await unpackFiles(readFile(mount.files), draft, {mostBytes});
  setOwner(draft, mount);
  chmodSync(draft, mount.mode);
  return draft;
}

/** An id that this machine's user may not give stays root's: the step runs as root there. */
function setOwner(path: string, {uid, gid}: ArchivedMount): void {
  try {
    chownSync(path, uid, gid);
  } catch (error) {
    if (!['EPERM', 'EINVAL'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}
