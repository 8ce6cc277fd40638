import {closeSync, constants, mkdtempSync, openSync} from 'node:fs';
import {connect, createServer, type Server, type Socket} from 'node:net';
import {join} from 'node:path';
import type {AgentMount, MountOwner} from '../../../graph/run-mount.js';
import {AgentNotFoundError} from '../../errors.js';
import type {MountPlace, OpenedMount} from './opened-mount.js';
import {giveTo} from './secret-mount.js';

/**
 * An ssh agent's socket: a socket of our own, whose owner and mode the step chooses, that passes everything on. The
 * agent sees the one who builds as its caller, whatever user the step is.
 */
export async function openAgentMount(
  {id, target, required, owner}: AgentMount,
  {options, folder}: MountPlace,
): Promise<OpenedMount> {
  const agent = await options.runs.agents.socket(id);
  if (agent === undefined) {
    if (required) throw new AgentNotFoundError(id);
    return {};
  }
  const directory = mkdtempSync(join(folder.path, 'agent-'));
  const relay = await startRelay(agent, {directory, owner});
  return {
    mount: {
      destination: target,
      type: 'bind',
      source: join(directory, SOCKET),
      options: ['bind', 'nosuid', 'nodev', 'noexec'],
    },
    close: relay.close,
  };
}

const SOCKET = 'socket';

async function startRelay(
  agent: string,
  {directory, owner}: {directory: string; owner: MountOwner},
): Promise<{close: () => Promise<void>}> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(agent);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    client.pipe(upstream).pipe(client);
  });
  // By the descriptor of its folder, which the end needs again: a socket's path has room for 107 bytes.
  const folder = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  const close = async (): Promise<void> => {
    for (const socket of open) socket.destroy();
    await new Promise((closed) => server.close(closed));
    closeSync(folder);
  };
  try {
    await listening(server, `/proc/self/fd/${folder}/${SOCKET}`);
    giveTo(join(directory, SOCKET), owner);
  } catch (error) {
    await close();
    throw error;
  }
  return {close};
}

const listening = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
