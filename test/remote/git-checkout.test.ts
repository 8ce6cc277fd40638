/** Repositories that a real server serves, checked out by a real git. */
import {mkdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {checkOut} from '../../src/remote/git/checkout.js';
import {GitRepository} from '../../src/remote/git/git-repository.js';
import {parseGitSource} from '../../src/remote/git/git-source.js';
import {type GitServer, startGitServer} from '../helpers/git-server.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {describeTree} from '../helpers/tree.js';

async function place() {
  const folder = temporaryFolder();
  const server = await startGitServer();
  const repositories = join(folder.path, 'git');
  mkdirSync(repositories);
  let count = 0;
  return {
    server,
    async checkOut(address: string, {offline = false} = {}) {
      const source = parseGitSource(`${server.url}/${address}`);
      if (source === undefined) throw new Error(address);
      const repository = new GitRepository(source.remote, {
        folder: repositories,
        env: process.env,
        network: offline ? undefined : {asUser: false},
      });
      const pinned = await repository.pin(source);
      count += 1;
      const into = join(folder.path, `out${count}`);
      mkdirSync(into);
      const scratch = join(folder.path, `scratch${count}`);
      await checkOut(repository, {source, pinned, into, scratch});
      return {commit: pinned.commit, path: into, files: describeTree(into)};
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

async function sample(server: GitServer): Promise<{first: string; second: string}> {
  const first = await server.commit(
    'x',
    {a: 'one', 'd/run': {mode: 0o755, content: '#!'}},
    {tag: 'v1'},
  );
  const second = await server.commit('x', {a: 'two', 'd/link': {link: '../../etc/passwd'}});
  return {first, second};
}

test.each([
  {name: 'a branch that is not there', address: 'x.git#nope', code: 'E_GIT_REF'},
  {name: 'a commit that is not there', address: `x.git#${'0'.repeat(40)}`, code: 'E_GIT'},
  {name: 'a directory that is not there', address: 'x.git#:nope', code: 'E_GIT_REF'},
  {name: 'a directory that is a file', address: 'x.git#:a', code: 'E_GIT_REF'},
  {name: 'a directory that is a symlink out', address: 'x.git#:out', code: 'E_GIT_REF'},
  {name: 'a directory behind a symlink', address: 'x.git#:in/deep', code: 'E_GIT_REF'},
  {name: 'a repository that is not there', address: 'y.git', code: 'E_GIT'},
  {
    name: 'another commit than the one promised',
    address: 'x.git?checksum=0123456#main',
    code: 'E_GIT_CHECKSUM',
  },
  {name: 'a submodule that is a command', address: 'command.git', code: 'E_GIT'},
  {name: 'a submodule on this machine', address: 'local.git', code: 'E_GIT'},
])('refuses $name', async ({address, code}) => {
  await using at = await place();
  const {server} = at;
  await server.commit('x', {a: '', 'd/deep/f': '', out: {link: '/etc'}, in: {link: 'd'}});
  const modules = (url: string): string => `[submodule "m"]\n\tpath = m\n\turl = ${url}\n`;
  for (const [name, url] of [
    ['command', 'ext::sh -c touch% /tmp/tsbuild-owned'],
    ['local', '/work'],
  ]) {
    const id = await server.commit(name as string, {'.gitmodules': modules(url as string)});
    await server.git(name as string, 'update-index', '--add', '--cacheinfo', `160000,${id},m`);
    await server.git(name as string, 'commit', '--quiet', '-m', 'module');
  }
  await expect(at.checkOut(address)).rejects.toMatchObject({code});
});

test('takes a branch, a tag, a commit, a directory; asks for objects only when a commit is new', async () => {
  await using at = await place();
  const {first, second} = await sample(at.server);
  const latest = await at.checkOut('x.git');
  expect(latest).toMatchObject({
    commit: second,
    files: ['a f0644 "two"', 'd d0755', 'd/link l0777 -> ../../etc/passwd', 'd/run f0755 "#!"'],
  });
  expect(at.server.fetches()).toBe(1);
  expect((await at.checkOut('x.git#main:d')).files).toEqual([
    'link l0777 -> ../../etc/passwd',
    'run f0755 "#!"',
  ]);
  expect(at.server.fetches()).toBe(1);
  expect((await at.checkOut('x.git#v1')).commit).toBe(first);
  expect((await at.checkOut(`x.git#${first}`)).files).toEqual([
    'a f0644 "one"',
    'd d0755',
    'd/run f0755 "#!"',
  ]);
  expect(at.server.fetches()).toBe(2);
});

test('offline, a commit that is kept is taken by its id, and nothing else', async () => {
  await using at = await place();
  const {first, second} = await sample(at.server);
  await at.checkOut('x.git#v1');
  const offline = (address: string) => at.checkOut(address, {offline: true});
  for (const address of [
    'x.git',
    'x.git#v1',
    `x.git#${second}`,
    `x.git?checksum=${first.slice(0, 12)}#v1`,
  ]) {
    await expect(offline(address)).rejects.toMatchObject({code: 'E_OFFLINE'});
  }
  const kept = {commit: first, files: ['a f0644 "one"', 'd d0755', 'd/run f0755 "#!"']};
  expect(await offline(`x.git#${first}`)).toMatchObject(kept);
  expect(await offline(`x.git?checksum=${first}#v1`)).toMatchObject(kept);
  expect(at.server.fetches()).toBe(1);
});

test('the time of the commit is given on demand, to everything', async () => {
  await using at = await place();
  await sample(at.server);
  const {path} = await at.checkOut('x.git?mtime=commit');
  const times = new Set(describeTree(path, {times: true}).map((line) => line.split(' ')[2]));
  expect([...times]).toEqual([String(Date.parse('2024-05-06T07:08:09Z') / 1000)]);
});

test('submodules come along unless they are declined, and nothing of .git', async () => {
  await using at = await place();
  const {server} = at;
  await sample(server);
  await server.commit('outer', {top: ''});
  await server.git('outer', 'submodule', '--quiet', 'add', `${server.url}/x.git`, 'sub');
  await server.git('outer', 'commit', '--quiet', '-m', 'module');
  const names = (lines: readonly string[]): string[] =>
    lines.map((line) => line.split(' ')[0] as string);
  expect(names((await at.checkOut('outer.git')).files)).toEqual([
    '.gitmodules',
    'sub',
    'sub/a',
    'sub/d',
    'sub/d/link',
    'sub/d/run',
    'top',
  ]);
  expect(names((await at.checkOut('outer.git?submodules=0')).files)).toEqual([
    '.gitmodules',
    'sub',
    'top',
  ]);
});

test('.git is kept on demand: a repository that stands alone', async () => {
  await using at = await place();
  const {second} = await sample(at.server);
  const {path} = await at.checkOut('x.git?keep-git-dir=1');
  expect(readFileSync(join(path, '.git/HEAD'), 'utf8').trim()).toBe(second);
  expect(readFileSync(join(path, '.git/config'), 'utf8')).toContain(`url = ${at.server.url}/x.git`);
});
