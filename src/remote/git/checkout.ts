/**
 * A commit, or one directory of it, as files of mode 644 and 755.
 *
 * Submodules come along, recursively, unless they are declined; of .git nothing stays, unless it is asked for, and then it stands alone and names
 * the remote without a password.
 * Throws  GitRefError when there is no such directory; OfflineError; what git throws.
 */
import {mkdirSync, readdirSync, renameSync} from 'node:fs';
import {join} from 'node:path';
import {removeTree} from '../../base/remove-tree.js';
import {GitRefError} from '../errors.js';
import type {GitCall} from './git.js';
import {type GitRepository, type PinnedCommit, shown} from './git-repository.js';
import type {GitSource} from './git-source.js';
import {settleTree} from './settle-tree.js';

export interface Checkout {
  readonly source: GitSource;
  readonly pinned: PinnedCommit;
  /** An empty directory. */
  readonly into: string;
  /** A path where nothing is, on the same file system; removed by the caller. */
  readonly scratch: string;
}

/** Fetches the commit first where it is not here. */
export async function checkOut(repository: GitRepository, checkout: Checkout): Promise<void> {
  using _alone = await repository.lock();
  await repository.fetch(checkout.pinned);
  await takeOut(repository, checkout);
}

async function takeOut(repository: GitRepository, checkout: Checkout): Promise<void> {
  const {source, pinned, into, scratch} = checkout;
  const {commit} = pinned;
  const {subdir} = source;
  if (subdir !== undefined && !(await repository.hasDirectory(commit, subdir))) {
    throw new GitRefError(shown(repository.remote), `directory ${subdir} in ${commit}`);
  }
  const tree = join(scratch, 'tree');
  mkdirSync(tree, {recursive: true});
  const modules = source.submodules && (await repository.hasFile(commit, '.gitmodules'));
  if (modules || source.keepGitDir) await clone(repository, {...checkout, tree, modules});
  else await writeFiles(repository, {commit, tree, index: join(scratch, 'index')});
  if (!source.keepGitDir) removeGitDirs(tree);
  moveContent(subdir === undefined ? tree : join(tree, subdir), into);
  if (source.keepGitDir && subdir !== undefined) renameSync(join(tree, '.git'), join(into, '.git'));
  settleTree(into, source.mtime === 'commit' ? await timeOf(repository, commit) : undefined);
}

async function writeFiles(
  repository: GitRepository,
  {commit, tree, index}: {commit: string; tree: string; index: string},
): Promise<void> {
  const place = ['-c', 'core.bare=false', '--work-tree', tree];
  const run = (action: string, ...args: readonly string[]): Promise<string> =>
    repository.run(action, [...place, action, ...args], {index});
  await run('read-tree', commit);
  await run('checkout-index', '--all', '--force', '--quiet');
}

interface Clone extends Checkout {
  readonly tree: string;
  readonly modules: boolean;
}

/** A repository of its own: submodules and a .git to keep need one. */
async function clone(repository: GitRepository, {tree, pinned, modules}: Clone): Promise<void> {
  const {commit} = pinned;
  const run = (action: string, args: readonly string[], more: Partial<GitCall> = {}) =>
    repository.git(action, args, {cwd: tree, ...more});
  await run('init', ['init', '--quiet', '--template=']);
  await run('remote', ['remote', 'add', 'origin', repository.remote]);
  await repository.run('update-ref', ['update-ref', `refs/tsbuild/${commit}`, commit]);
  const from = [`file://${repository.path}`, `refs/tsbuild/${commit}`];
  await run('fetch', ['fetch', '--quiet', '--depth=1', '--no-tags', '--', ...from], {local: true});
  await run('checkout', ['checkout', '--quiet', '--force', '--detach', commit]);
  if (modules) {
    const update = ['submodule', 'update', '--quiet', '--init', '--recursive', '--depth=1'];
    await run('submodule update', update, {network: repository.network});
  }
  await run('remote', ['remote', 'set-url', 'origin', shown(repository.remote)]);
}

/** At the top, and what submodules have in its place. */
function removeGitDirs(directory: string): void {
  for (const entry of readdirSync(directory, {withFileTypes: true})) {
    const path = join(directory, entry.name);
    if (entry.name === '.git') removeTree(path);
    else if (entry.isDirectory()) removeGitDirs(path);
  }
}

function moveContent(from: string, into: string): void {
  for (const name of readdirSync(from, {encoding: 'buffer'})) {
    const at = (folder: string): Buffer => Buffer.concat([Buffer.from(`${folder}/`), name]);
    renameSync(at(from), at(into));
  }
}

/** When a commit that is here was made, in seconds. */
export async function timeOf(repository: GitRepository, commit: string): Promise<number> {
  return Number(await repository.run('log', ['log', '-1', '--format=%ct', commit]));
}
