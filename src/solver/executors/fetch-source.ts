/** Sources of the network: what they are right now, and their files as a root. */
import {mkdirSync, renameSync, utimesSync} from 'node:fs';
import {join} from 'node:path';
import {removeTree} from '../../base/remove-tree.js';
import type {Ingredient} from '../../cache/cache-record.js';
import type {FetchOp, GitOp, HttpOp} from '../../graph/op.js';
import {copyFiles, selectFiles} from '../../layer/offload.js';
import {digestOf, hexOf} from '../../oci/digest.js';
import {checkOut} from '../../remote/git/checkout.js';
import type {Snapshot} from '../../snapshot/snapshotter.js';
import type {ExecutionContext, PinnedSource} from '../executor.js';
import type {ExecutorOptions} from './executor-options.js';

interface FetchPlace {
  readonly options: ExecutorOptions;
  readonly context: ExecutionContext;
}

export const pinSource = (op: FetchOp, place: FetchPlace): Promise<PinnedSource> =>
  op.kind === 'http' ? pinFile(op, place) : pinCommit(op, place);

async function pinFile(op: HttpOp, {options, context}: FetchPlace): Promise<PinnedSource> {
  const {files} = options.remotes;
  const transfer = {
    signal: context.signal,
    onProgress: (done: number, total: number) => context.progress('downloading', done, total),
  };
  const pinned = await files.pin(op, transfer);
  const {digest, downloaded} = pinned;
  return {
    digest,
    ingredients: () => [
      ingredient({path: op.name, type: 'file', size: downloaded?.size, digest: hexOf(digest)}),
    ],
    fetch: () =>
      inScratch(options, async (scratch) => {
        const {path, mtime} = await files.fetch(op, pinned, transfer);
        const file = join(scratch, op.name);
        renameSync(path, file);
        utimesSync(file, mtime, mtime);
        return rootOf(scratch, options);
      }),
  };
}

async function pinCommit(op: GitOp, {options, context}: FetchPlace): Promise<PinnedSource> {
  const repository = await options.remotes.repository(op.remote, context.signal);
  const pinned = await repository.pin(op);
  const {commit} = pinned;
  return {
    digest: digestOf(commit),
    ingredients: () => [ingredient({path: op.remote, type: 'other', size: 0, digest: commit})],
    fetch: () =>
      inScratch(options, async (scratch) => {
        const into = join(scratch, 'files');
        mkdirSync(into);
        await checkOut(repository, {source: op, pinned, into, scratch: join(scratch, 'work')});
        return await rootOf(into, options);
      }),
  };
}

const ingredient = ({
  size = 0,
  ...facts
}: Pick<Ingredient, 'path' | 'type' | 'digest'> & {size: number | undefined}): Ingredient => ({
  ...facts,
  size,
  mode: 0o600,
  owner: '0:0',
});

async function inScratch(
  {ingest}: ExecutorOptions,
  make: (scratch: string) => Promise<Snapshot>,
): Promise<Snapshot> {
  const scratch = ingest.draft();
  mkdirSync(scratch);
  try {
    return await make(scratch);
  } finally {
    removeTree(scratch);
  }
}

/** All of it, as root's. */
async function rootOf(directory: string, {snapshots}: ExecutorOptions): Promise<Snapshot> {
  const tree = await selectFiles({root: directory, sources: ['.'], owner: 'root'});
  const draft = snapshots.prepare(undefined);
  try {
    const request = {
      root: directory,
      manifest: tree.manifest,
      target: {upper: draft.upper, lowers: []},
      destination: '/',
      owner: {uid: 0, gid: 0},
    };
    return draft.commit(await copyFiles(request, tree));
  } finally {
    draft.discard();
  }
}
