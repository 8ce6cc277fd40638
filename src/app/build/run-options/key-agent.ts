/** OpenSSH's own agent, holding the keys of a build for as long as it lasts. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {KeyAgentError} from '../../errors.js';

export interface KeyAgent {
  readonly socket: string;
  stop(): Promise<void>;
}

const PATIENCE = 5000;

/** Throws KeyAgentError when OpenSSH is not installed, or a key cannot be read or has a passphrase. */
export async function startKeyAgent(keys: readonly string[]): Promise<KeyAgent> {
  // A short path: a socket's has room for 107 bytes.
  const directory = mkdtempSync(join(tmpdir(), 'tsbuild-ssh-'));
  const socket = join(directory, 'agent');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], {stdio: ['ignore', 'ignore', 'ignore']});
  const failed = once(agent, 'error').then(([error]) => error as Error);
  const stop = async (): Promise<void> => {
    if (agent.pid !== undefined && agent.exitCode === null) {
      const ended = once(agent, 'exit');
      agent.kill();
      await ended;
    }
    rmSync(directory, {recursive: true, force: true});
  };
  try {
    await untilListening(socket, failed);
    await addKeys(keys, socket);
  } catch (error) {
    await stop();
    throw error;
  }
  return {socket, stop};
}

async function untilListening(socket: string, failed: Promise<Error>): Promise<void> {
  const end = Date.now() + PATIENCE;
  while (!existsSync(socket)) {
    const error = await Promise.race([failed, sleep(5)]);
    if (error instanceof Error) throw new KeyAgentError('ssh-agent cannot be started', error);
    if (Date.now() > end) throw new KeyAgentError('ssh-agent does not listen');
  }
}

/** Without a terminal or a program to ask, a passphrase is a failure. */
async function addKeys(keys: readonly string[], socket: string): Promise<void> {
  const {DISPLAY: _display, SSH_ASKPASS: _program, ...env} = process.env;
  const add = spawn('ssh-add', ['-q', '--', ...keys], {
    env: {...env, SSH_AUTH_SOCK: socket, SSH_ASKPASS_REQUIRE: 'never'},
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const {code, complaint} = await ended(add);
  if (code !== 0) {
    const why = /passphrase/i.test(complaint) ? 'one has a passphrase' : complaint;
    throw new KeyAgentError(`the keys ${keys.join(', ')} cannot be loaded: ${why}`);
  }
}

async function ended(child: ChildProcess): Promise<{code: number | null; complaint: string}> {
  let complaint = '';
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    complaint += text;
  });
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return {code, complaint: complaint.trim().split('\n').at(-1) ?? ''};
  } catch (error) {
    throw new KeyAgentError('ssh-add cannot be started', error);
  }
}
