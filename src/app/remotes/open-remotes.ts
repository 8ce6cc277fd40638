/** The network as a build's sources see it: one HTTP client, and what is kept of files and repositories in the store. */
import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {HttpClient} from '../../http/http-client.js';
import {systemRoots} from '../../http/trust.js';
import {GitRepository} from '../../remote/git/git-repository.js';
import {parseGitContext} from '../../remote/git/git-source.js';
import {FileRecords} from '../../remote/http/file-records.js';
import {RemoteFiles} from '../../remote/http/remote-files.js';
import type {Remotes} from '../../solver/executors/executor-options.js';
import type {RunSettings} from '../../solver/executors/run-settings.js';
import type {Store} from '../../store/store.js';
import {fileAuthorization, gitAuthorization} from './authorization.js';

export interface BuildRemotes extends Remotes, Disposable {
  readonly files: RemoteFiles;
}

export interface RemotesPlace {
  readonly store: Store;
  readonly runs: Pick<RunSettings, 'secrets' | 'agents'>;
  readonly env: NodeJS.ProcessEnv;
  /** Contexts that the user named, and no Dockerfile: those that are repositories are asked as the user. */
  readonly contexts: readonly string[];
}

/** Bytes of one file: enough for any image or archive, and not for a server that never ends. */
const LARGEST = 64 * 2 ** 30;

export function openRemotes({store, runs, env, contexts}: RemotesPlace): BuildRemotes {
  const ofUser = new Set(contexts.map((context) => parseGitContext(context)?.remote));
  const {secrets, agents} = runs;
  const folder = join(store.paths.cache, 'remote');
  const client = new HttpClient({
    userAgent: 'tsbuild',
    roots: () => systemRoots({bundle: env['SSL_CERT_FILE'], extra: env['NODE_EXTRA_CA_CERTS']}),
  });
  const repository: Remotes['repository'] = async (remote, signal) => {
    const repositories = join(folder, 'git');
    mkdirSync(repositories, {recursive: true});
    const agent = /^https?:/.test(remote) ? undefined : await agents.socket('default');
    const authorization = gitAuthorization(remote, secrets);
    const network = {asUser: ofUser.has(remote), authorization, agent};
    return new GitRepository(remote, {folder: repositories, env, network, signal});
  };
  return {
    files: new RemoteFiles({
      client,
      records: new FileRecords(join(folder, 'http')),
      draft: () => store.ingest.draft(),
      authorization: (host) => fileAuthorization(host, secrets),
      largest: LARGEST,
    }),
    repository,
    [Symbol.dispose]: () => client[Symbol.dispose](),
  };
}
