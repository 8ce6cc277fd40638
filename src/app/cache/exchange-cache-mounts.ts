/** `cache mounts export` and `import`: the directories of RUN --mount=type=cache, from one machine's store to another's. */
import {chmodSync, chownSync, createReadStream, mkdirSync} from 'node:fs';
import {join} from 'node:path';
import type {Readable} from 'node:stream';
import {decompress} from '../../archive/decompress.js';
import {TarLimitError} from '../../archive/errors.js';
import {now} from '../../base/clock.js';
import {ArchiveFiles, readFile} from '../../export/archive/archive-files.js';
import {type ArchivePlace, writeArchive} from '../../export/archive/write-archive.js';
import {archivedMounts, packMounts} from '../../export/cache-mount/cache-mount-archive.js';
import type {MountFacts, MountToPack} from '../../export/cache-mount/cache-mount-artifact.js';
import {type TrimLimits, trimmer} from '../../export/cache-mount/trim-files.js';
import {unpackFiles} from '../../layer/unpack-files.js';
import {lockCacheMount, placeCacheMount} from '../../store/cache-mount-exchange.js';
import {inStore} from '../../store/full-disk.js';
import {openWorkspace, type Workspace} from '../workspace.js';
import {chosenMounts} from './cache-mounts.js';

export interface ChosenMounts extends TrimLimits {
  /** Ids as Dockerfiles give them; all without. */
  readonly ids?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface ExportMountsRequest extends ChosenMounts {
  readonly output: ArchivePlace;
  readonly root?: string;
}

export async function exportCacheMounts(request: ExportMountsRequest): Promise<void> {
  await using workspace = await openWorkspace({root: request.root});
  await withMounts(request, workspace, (mounts) =>
    writeArchive(packMounts(mounts), request.output, request.signal),
  );
}

/** Waits for steps that use one of them, and holds them still while `send` reads them. Of a private mount's directories the first goes along. */
export async function withMounts<Out>(
  request: ChosenMounts,
  workspace: Workspace,
  send: (mounts: readonly MountToPack[]) => Promise<Out>,
): Promise<Out> {
  const {mounts: root} = workspace.store.paths;
  const mounts: MountToPack[] = [];
  const locks: Disposable[] = [];
  try {
    for (const {path, id, variant} of chosenMounts(request.ids, workspace)) {
      if (!path.endsWith('/0')) continue;
      const lock = await lockCacheMount(join(root, path), request.signal);
      if (lock === undefined) continue;
      locks.push(lock);
      const files = join(root, path, 'fs');
      mounts.push({id, variant, path: files, walk: trimmer(files, request, now())});
    }
    return await send(mounts);
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
  /** Bytes of the tar of its files, as it came. */
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
  return await inStore(paths.root, async () => {
    const files = await ArchiveFiles.read(source, ingest.draft(), {mostBytes});
    const mounts = archivedMounts(files).map(({files: tar, ...facts}) => ({
      ...facts,
      size: tar.size,
      tar: () => readFile(tar),
    }));
    return placeMounts(mounts, workspace, mostBytes);
  });
}

export interface MountToPlace extends MountFacts, ImportedMount {
  /** Its files, plain or compressed. */
  readonly tar: () => AsyncIterable<Uint8Array>;
}

/** Unpacks all of them before the first takes its place. `mostBytes` of each, unpacked. */
export async function placeMounts(
  mounts: readonly MountToPlace[],
  {store: {paths, ingest}}: Pick<Workspace, 'store'>,
  mostBytes: number,
): Promise<readonly ImportedMount[]> {
  const drafts: string[] = [];
  for (const mount of mounts) drafts.push(await unpacked(mount, ingest.draft(), mostBytes));
  for (const [index, mount] of mounts.entries()) {
    await placeCacheMount(paths.mounts, mount, {draft: drafts[index] ?? '', ingest});
  }
  return mounts.map(({id, size}) => ({id, size}));
}

async function unpacked(mount: MountToPlace, draft: string, mostBytes: number): Promise<string> {
  mkdirSync(draft);
  const {bytes} = await decompress(mount.tar());
  await unpackFiles(atMost(bytes, mostBytes), draft, {mostBytes});
  setOwner(draft, mount);
  chmodSync(draft, mount.mode);
  return draft;
}

/** A few bytes may be packed that are very many, of files or of nothing but names. */
async function* atMost(
  bytes: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.byteLength;
    if (size > limit) throw new TarLimitError('bytes', limit, size);
    yield chunk;
  }
}

/** An id that this machine's user may not give stays root's: the step runs as root there. */
function setOwner(path: string, {uid, gid}: MountFacts): void {
  try {
    chownSync(path, uid, gid);
  } catch (error) {
    if (!['EPERM', 'EINVAL'].includes(String((error as NodeJS.ErrnoException).code))) throw error;
  }
}
