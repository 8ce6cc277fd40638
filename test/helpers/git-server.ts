/** Real git repositories, behind git's own http-backend on loopback. */
import {execFile, spawn} from 'node:child_process';
import {mkdirSync} from 'node:fs';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {temporaryFolder} from './temporary-folder.js';
import {makeTree, type Tree} from './tree.js';

export interface GitServer extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** How often objects were asked for. */
  fetches(): number;
  /** Makes the repository, or a commit on top of it; answers the commit's id. */
  commit(name: string, files: Tree, options?: CommitOptions): Promise<string>;
  /** git in the working tree of a repository. */
  git(name: string, ...args: readonly string[]): Promise<string>;
}

interface CommitOptions {
  readonly branch?: string;
  readonly tag?: string;
}

const run = promisify(execFile);

const identity = {
  GIT_AUTHOR_NAME: 'tester',
  GIT_AUTHOR_EMAIL: 'tester@localhost',
  GIT_COMMITTER_NAME: 'tester',
  GIT_COMMITTER_EMAIL: 'tester@localhost',
  GIT_COMMITTER_DATE: '2024-05-06T07:08:09Z',
  GIT_CONFIG_GLOBAL: '/dev/null',
};

/** With `authorization`, only for those who send that header. */
export async function startGitServer({
  authorization,
}: {
  readonly authorization?: string;
} = {}): Promise<GitServer> {
  const folder = temporaryFolder();
  // Not synchronously: the git that is run may ask the server in this very process.
  const git = async (name: string, ...args: readonly string[]): Promise<string> => {
    const {stdout} = await run('git', ['-c', 'protocol.file.allow=always', ...args], {
      cwd: join(folder.path, name),
      env: {...process.env, ...identity},
    });
    return stdout.trim();
  };
  let fetches = 0;
  const server = createServer((request, response) => {
    if (authorization !== undefined && request.headers.authorization !== authorization) {
      response.writeHead(401, {'www-authenticate': 'Basic realm="test"'}).end();
      return;
    }
    answer(request, response, {root: folder.path, onFetch: () => fetches++});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fetches: () => fetches,
    git,
    async commit(name, files, {branch, tag} = {}) {
      const path = join(folder.path, name);
      mkdirSync(path, {recursive: true});
      await git(name, 'init', '--quiet', '--initial-branch=main');
      if (branch !== undefined) await git(name, 'checkout', '--quiet', '-B', branch);
      makeTree(path, files);
      await git(name, 'add', '--all');
      await git(name, 'commit', '--quiet', '--allow-empty', '-m', 'change');
      if (tag !== undefined) await git(name, 'tag', '-a', '-m', 'tagged', tag);
      return git(name, 'rev-parse', 'HEAD');
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** `/name.git/…` is the repository in `name/.git`. */
function answer(
  request: IncomingMessage,
  response: ServerResponse,
  {root, onFetch}: {readonly root: string; readonly onFetch: () => void},
): void {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const backend = spawn('git', ['-c', 'safe.directory=*', 'http-backend'], {
    env: {
      ...process.env,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      PATH_INFO: url.pathname.replace(/\.git\//, '/.git/'),
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method ?? 'GET',
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: String(request.headers['content-encoding'] ?? ''),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  backend.on('error', () => response.destroy());
  // A request that is refused is not read.
  backend.stdin.on('error', () => undefined);
  const sent: Buffer[] = [];
  request.on('data', (chunk: Buffer) => sent.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(sent);
    if (body.includes('command=fetch')) onFetch();
    backend.stdin.end(body);
  });
  const out: Buffer[] = [];
  backend.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  backend.stdout.on('end', () => {
    const whole = Buffer.concat(out);
    const end = whole.indexOf('\r\n\r\n');
    let status = 200;
    for (const line of whole.subarray(0, end).toString('latin1').split('\r\n')) {
      const [name = '', value = ''] = line.split(': ');
      if (name === 'Status') status = Number.parseInt(value, 10);
      else if (name !== '') response.setHeader(name, value);
    }
    response.statusCode = status;
    response.end(whole.subarray(end + 4));
  });
}
