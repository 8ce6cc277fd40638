/** Repositories behind a real ssh server of the test: `user@host:path` and `ssh://`. */
import {spawnSync} from 'node:child_process';
import {chmodSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {needs} from '../helpers/needs.js';
import {startSSHServer} from '../helpers/ssh-server.js';
import {commandPrefix, type TestUser, testUserNames} from '../helpers/users.js';
import {openPlace, type Place} from './place.js';
import {savedLayers} from './saved-layers.js';

describe.each(testUserNames)('repositories over ssh, as %s', (user) => {
  test('a context is cloned with the key of who builds, in both spellings of its address', async (context) => {
    needs(context, 'sshd', 'user namespaces');
    await using place = await openPlace(user);
    await using server = await startSSHServer(user);
    const path = repository(place, {'d/Dockerfile': 'FROM scratch\nCOPY . /\n', 'd/a': 'text'});
    const env = {GIT_SSH_COMMAND: sshCommand(place, server)};
    for (const address of [
      `${user}@127.0.0.1:${path}#main:d`,
      `ssh://${user}@127.0.0.1:${server.port}${path}?branch=main&subdir=d`,
    ]) {
      await place.ok(['build', '-t', 'out', address], {env});
      await place.verify('out');
      expect(await savedLayers(place, 'out')).toEqual([
        ['-rw-r--r-- 0/0 22 Dockerfile', '-rw-r--r-- 0/0 4 a'],
      ]);
    }
  });

  test('an ADD is let in by --ssh alone, and a second build asks for nothing but the commit', async (context) => {
    needs(context, 'sshd', 'user namespaces');
    await using place = await openPlace(user);
    await using server = await startSSHServer(user);
    const path = repository(place, {a: 'text'});
    const key = keyFile(place, server.key);
    const address = `ssh://${user}@127.0.0.1:${server.port}${path}`;
    const files = place.context({Dockerfile: `FROM scratch\nADD ${address}#main /src/\n`});
    const env = {HOME: place.directory};
    const refused = await place.run(['build', files], {env});
    expect(refused).toMatchObject({code: 1, stdout: ''});
    expect(refused.stderr).toMatch(/Permission denied[\s\S]*hint: .*--ssh default/);
    const args = ['build', '--progress', 'plain', '-t', 'out', '--ssh', `default=${key}`, files];
    await place.ok(args, {env});
    await place.verify('out');
    expect(await savedLayers(place, 'out')).toEqual([
      ['drwxr-xr-x 0/0 0 src/', '-rw-r--r-- 0/0 4 src/a'],
    ]);
    expect((await place.ok(args, {env})).stderr).toMatch(/ADD .*\n.*CACHED/);
  });

  test('an ADD of user@host:path is a repository, whoever the user is', async (context) => {
    needs(context, 'sshd', 'user namespaces');
    await using place = await openPlace(user);
    await using server = await startSSHServer(user);
    const path = repository(place, {a: 'text'});
    const files = place.context({
      Dockerfile: `FROM scratch\nADD ${user}@127.0.0.1:${path} /\n`,
    });
    const env = {GIT_SSH_COMMAND: sshCommand(place, server)};
    await place.ok(['build', '-t', 'out', files], {env});
    expect(await savedLayers(place, 'out')).toEqual([['-rw-r--r-- 0/0 4 a']]);
  });

  test('a host that shows another key than before is not believed, nor remembered', async (context) => {
    needs(context, 'sshd', 'user namespaces');
    await using place = await openPlace(user);
    await using server = await startSSHServer(user);
    const path = repository(place, {Dockerfile: 'FROM scratch\n'});
    const known = join(place.directory, '.ssh/known_hosts');
    const other = `[127.0.0.1]:${server.port} ${publicKey(keyFile(place, server.key))}`;
    place.write(known, other);
    const address = `ssh://${user}@127.0.0.1:${server.port}${path}`;
    const files = place.context({Dockerfile: `FROM scratch\nADD ${address} /\n`});
    const flags = ['--ssh', `default=${keyFile(place, server.key)}`];
    const result = await place.run(['build', ...flags, files], {env: {HOME: place.directory}});
    expect(result).toMatchObject({code: 1, stdout: ''});
    expect(result.stderr).toMatch(/E_GIT/);
    expect(result.stderr).toMatch(/Host key verification failed[\s\S]*hint: .*ssh-keygen -R/);
    expect(readFileSync(known, 'utf8')).toBe(other);
  });

  test('a context finds keys, configuration and known hosts in the home of who builds', async (context) => {
    if (user === 'root') context.skip('ssh of root looks in the home of root, whatever HOME says');
    needs(context, 'sshd', 'user namespaces');
    await using place = await openPlace(user);
    await using server = await startSSHServer(user);
    const path = repository(place, {Dockerfile: 'FROM scratch\nLABEL a=b\n'});
    const folder = join(place.directory, '.ssh');
    const config = `Host short\nHostName 127.0.0.1\nPort ${server.port}\nUser ${user}\nIdentityFile ~/.ssh/own\n`;
    place.write(join(folder, 'config'), config);
    place.write(join(folder, 'own'), server.key);
    chmodSync(join(folder, 'own'), 0o600);
    const env = {HOME: place.directory};
    await place.ok(['build', '-t', 'out', `${user}@short:${path}`], {env});
    const known = readFileSync(join(folder, 'known_hosts'), 'utf8');
    expect(known).toMatch(/^\S+ ssh-ed25519 \S+$/m);
  });
});

function repository(place: Place, files: Readonly<Record<string, string>>): string {
  const path = place.context(files);
  const git = (...args: readonly string[]) => runAs(place.user, 'git', '-C', path, ...args);
  git('init', '--quiet', '--initial-branch=main');
  git('add', '--all');
  const author = ['-c', 'user.name=tester', '-c', 'user.email=tester@localhost'];
  git(...author, 'commit', '--quiet', '-m', 'files');
  return path;
}

function sshCommand(place: Place, server: {readonly port: number; readonly key: string}): string {
  const known = join(place.directory, 'known');
  const options = ['StrictHostKeyChecking=accept-new', `UserKnownHostsFile=${known}`];
  const given = ['BatchMode=yes', ...options].flatMap((option) => ['-o', option]);
  return [
    'ssh',
    '-F',
    '/dev/null',
    ...given,
    '-p',
    server.port,
    '-i',
    keyFile(place, server.key),
  ].join(' ');
}

function keyFile(place: Place, key: string): string {
  const path = join(place.directory, 'key');
  place.write(path, key);
  chmodSync(path, 0o600);
  return path;
}

const publicKey = (path: string): string =>
  spawnSync('ssh-keygen', ['-y', '-f', path], {encoding: 'utf8'}).stdout;

function runAs(user: TestUser, ...command: readonly string[]): void {
  const [program = '', ...args] = [...commandPrefix(user), ...command];
  const {status, stderr} = spawnSync(program, args, {encoding: 'utf8'});
  if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
}
