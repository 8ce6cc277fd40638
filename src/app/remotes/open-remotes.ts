/** The network as a build's sources see it, and what is kept of files and repositories in the store. Nothing is loaded before it is used. */
import type {NetworkAccess} from '../../remote/git/git.js';
import {GitRepository} from '../../remote/git/git-repository.js';
import {parseGitContext} from '../../remote/git/git-source.js';
import type {RemoteFiles} from '../../remote/http/remote-files.js';
import type {Remotes} from '../../solver/executors/executor-options.js';
import {gitAuthorization} from './authorization.js';
import type {FilesPlace, OpenedFiles} from './open-files.js';

export interface BuildRemotes extends Remotes, AsyncDisposable {
  readonly files: Pick<RemoteFiles, 'pin' | 'fetch' | 'download'>;
}

export interface RemotesPlace extends FilesPlace {
  /** Contexts that the user named, and no Dockerfile: those that are repositories are asked as the user. */
  readonly contexts: readonly string[];
}

export function openRemotes(place: RemotesPlace): BuildRemotes {
  const {store, env, contexts, offline} = place;
  const ofUser = new Set(contexts.map((context) => parseGitContext(context)?.remote));
  let opened: Promise<OpenedFiles> | undefined;
  const files = async (): Promise<RemoteFiles> => {
    opened ??= import('./open-files.js').then(({openFiles}) => openFiles(place));
    return (await opened).files;
  };
  return {
    files: {
      pin: async (...args) => (await files()).pin(...args),
      fetch: async (...args) => (await files()).fetch(...args),
      download: async (...args) => (await files()).download(...args),
    },
    async repository(remote, signal) {
      const {repositories: folder} = store.paths;
      const network = offline ? undefined : await access(remote, ofUser.has(remote), place);
      return new GitRepository(remote, {folder, env, network, signal});
    },
    async [Symbol.asyncDispose]() {
      (await opened)?.client[Symbol.dispose]();
    },
  };
}

async function access(
  remote: string,
  asUser: boolean,
  {runs}: Pick<RemotesPlace, 'runs'>,
): Promise<NetworkAccess> {
  const agent = /^https?:/.test(remote) ? undefined : await runs.agents.socket('default');
  return {asUser, authorization: gitAuthorization(remote, runs.secrets), agent};
}
