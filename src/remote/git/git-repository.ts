/**
 * A bare repository for each remote, shared by all builds of a store: what was fetched once is not fetched again.
 *
 * Names become commits by ls-remote alone. A commit is fetched by its id, without history; from servers that do not give that, by its ref,
 * and at last with all the history there is. Whoever writes into the folder holds its lock.
 */
import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, utimesSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {acquireLock} from '../../linux/lock.js';
import {GitChecksumError, GitError, GitRefError, offlineError} from '../errors.js';
import {type GitCall, git, type NetworkAccess} from './git.js';
import type {GitSource} from './git-source.js';

export interface RepositoryOptions {
  /** Where the repositories are kept; exists. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** Absent where the network may not be used: whatever needs it is an OfflineError. */
  readonly network: NetworkAccess | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A commit, and the name it was found by. */
export interface PinnedCommit {
  /** 40 or 64 hexadecimal digits. */
  readonly commit: string;
  /** Full name of the ref; absent when the id itself was given. */
  readonly ref: string | undefined;
}

/** Beside the repository, so that it stays when that is removed: others may wait for it. */
export const lockOf = (repository: string): string => `${repository}.lock`;

/** git's file for people: here the remote without its password. Written last, so a repository that has it is whole. */
export const descriptionOf = (repository: string): string => join(repository, 'description');

const ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

export class GitRepository {
  readonly remote: string;
  /** The bare repository. */
  readonly path: string;
  readonly #options: RepositoryOptions;

  constructor(remote: string, options: RepositoryOptions) {
    this.remote = remote;
    this.path = join(
      options.folder,
      createHash('sha256').update(remote).digest('hex').slice(0, 32),
    );
    this.#options = options;
  }

  /** Of other processes and other steps; held as long as the result is used. Its time says when that was last. */
  async lock(): Promise<Disposable> {
    const path = lockOf(this.path);
    const lock = await acquireLock(path, 'exclusive', this.#options.signal);
    const now = new Date();
    utimesSync(path, now, now);
    return lock;
  }

  /** Without a network the id that was promised stands for its ref. Throws OfflineError, GitRefError, GitChecksumError. */
  async pin({ref, checksum}: Pick<GitSource, 'ref' | 'checksum'>): Promise<PinnedCommit> {
    const ids = [ref, this.#options.network === undefined ? checksum : undefined];
    const commit = ids.find((each) => each !== undefined && ID.test(each));
    const found = commit === undefined ? await this.#look(ref) : {commit, ref: undefined};
    if (checksum !== undefined && !found.commit.startsWith(checksum)) {
      throw new GitChecksumError(ref ?? 'HEAD', {want: checksum, got: found.commit});
    }
    return found;
  }

  /** Afterwards the commit is in the repository. The caller holds the lock. Throws OfflineError. */
  async fetch({commit, ref}: PinnedCommit): Promise<void> {
    await this.#make();
    if (await this.has(commit)) return;
    const {network} = this;
    const shallow = ['--depth=1', '--no-tags'];
    const ways = [
      [...shallow, '--', this.remote, `+${commit}:refs/tsbuild/${commit}`],
      ...(ref === undefined
        ? []
        : [[...shallow, '--', this.remote, `+${ref}:refs/tsbuild/${commit}`]]),
      ['--tags', '--', this.remote, '+refs/*:refs/remote/*'],
    ];
    let refusal: unknown;
    for (const way of ways) {
      try {
        await this.run('fetch', ['fetch', '--quiet', '--no-write-fetch-head', ...way], {network});
        if (await this.has(commit)) return;
      } catch (error) {
        if (!(error instanceof GitError)) throw error;
        refusal = error;
      }
    }
    throw refusal ?? new GitRefError(shown(this.remote), `commit ${commit}`);
  }

  /** Whether the object is here, as a commit. */
  async has(commit: string): Promise<boolean> {
    return (await this.#typeOf(commit)) === 'commit';
  }

  /** Whether a commit has a directory there, by its own trees. */
  async hasDirectory(commit: string, path: string): Promise<boolean> {
    return (await this.#typeOf(`${commit}:${path}`)) === 'tree';
  }

  async hasFile(commit: string, path: string): Promise<boolean> {
    return (await this.#typeOf(`${commit}:${path}`)) === 'blob';
  }

  /** Throws OfflineError. */
  get network(): NetworkAccess {
    const {network} = this.#options;
    if (network === undefined) throw offlineError(this.remote);
    return network;
  }

  /** git in this repository. */
  run(action: string, args: readonly string[], more: Partial<GitCall> = {}): Promise<string> {
    return this.git(action, ['--git-dir', this.path, ...args], more);
  }

  /** git, with this repository's environment and signal. */
  git(action: string, args: readonly string[], more: Partial<GitCall> = {}): Promise<string> {
    const {env, signal} = this.#options;
    return git({action, args, env, signal, ...more});
  }

  async #make(): Promise<void> {
    const description = descriptionOf(this.path);
    if (existsSync(description)) return;
    mkdirSync(this.path, {recursive: true, mode: 0o700});
    await this.run('init', ['init', '--quiet', '--bare', '--template=', this.path]);
    writeFileSync(description, shown(this.remote));
  }

  /** Undefined when there is no such object. */
  async #typeOf(object: string): Promise<string | undefined> {
    try {
      return (await this.run('cat-file', ['cat-file', '-t', object])).trim();
    } catch (error) {
      if (error instanceof GitError) return undefined;
      throw error;
    }
  }

  async #look(ref: string | undefined): Promise<PinnedCommit> {
    const wanted = ref === undefined ? ['HEAD'] : [ref, `${ref}^{}`];
    const args = ['ls-remote', '--quiet', '--', this.remote, ...wanted];
    const {network} = this;
    const listed = await this.git('ls-remote', args, {network});
    const refs = new Map<string, string>();
    for (const line of listed.split('\n')) {
      const [id = '', name = ''] = line.split('\t');
      if (ID.test(id)) refs.set(name, id);
    }
    // A branch wins over a tag of its name, as in git checkout; an annotated tag stands for its commit.
    const names = ref === undefined ? ['HEAD'] : [ref, `refs/heads/${ref}`, `refs/tags/${ref}`];
    for (const name of names) {
      const commit = refs.get(`${name}^{}`) ?? refs.get(name);
      if (commit !== undefined) return {commit, ref: name};
    }
    throw new GitRefError(shown(this.remote), ref === undefined ? 'HEAD' : `ref ${ref}`);
  }
}

/** Without user and password, but for the user that ssh logs in as. */
export const shown = (remote: string): string => remote.replace(/^(https?:\/\/)[^/@]+@/, '$1');
