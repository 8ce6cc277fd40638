/** OpenSSH's server on loopback, which lets one user in by one key. */
import {spawn, spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {chmodSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {freePort} from './free-port.js';
import {temporaryFolder} from './temporary-folder.js';

export const SSHD = '/usr/sbin/sshd';

export interface SSHServer extends AsyncDisposable {
  readonly port: number;
  /** Private key of who may come in, as text. */
  readonly key: string;
}

export async function startSSHServer(user: string): Promise<SSHServer> {
  const folder = temporaryFolder();
  // The server reads whom it lets in as that user.
  chmodSync(folder.path, 0o755);
  const isRoot = process.getuid?.() === 0;
  const port = await freePort();
  const [host, client] = ['host', 'client'].map((name) => makeKey(join(folder.path, name)));
  const config = join(folder.path, 'config');
  writeFileSync(
    config,
    [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${host}`,
      `AuthorizedKeysFile ${client}.pub`,
      `AllowUsers ${user}`,
      'PidFile none',
      'StrictModes no',
      'PermitRootLogin yes',
      'PasswordAuthentication no',
      // Without it root's server lets nobody in who has no password.
      `UsePAM ${isRoot ? 'yes' : 'no'}`,
    ].join('\n'),
  );
  // Where root's server locks itself in; the service of the system makes it as it starts.
  if (isRoot) mkdirSync('/run/sshd', {recursive: true, mode: 0o755});
  const server = spawn(SSHD, ['-D', '-e', '-f', config], {stdio: 'ignore'});
  await listening(port);
  return {
    port,
    key: readFileSync(client as string, 'utf8'),
    async [Symbol.asyncDispose]() {
      const ended = once(server, 'exit');
      server.kill();
      await ended;
      await folder[Symbol.asyncDispose]();
    },
  };
}

function makeKey(path: string): string {
  spawnSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path]);
  return path;
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const socket = connect(port, '127.0.0.1');
    const answered = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (answered) return;
    await delay(25);
  }
  throw new Error(`no ssh server on port ${port}`);
}
