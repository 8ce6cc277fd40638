/**
 * `--ssh`: `default` or another id alone for the agent of SSH_AUTH_SOCK, `ID=SOCKET` for another, `ID=KEY[,KEY]` for keys,
 * which an ssh-agent of this build's own then holds.
 *
 * Source  docker buildx build's reference, --ssh; buildkit session/sshforward/sshprovider.
 */
import {statSync} from 'node:fs';
import type {Agents} from '../../../solver/executors/run-settings.js';
import {InvalidOptionError} from '../../errors.js';
import {type KeyAgent, startKeyAgent} from './key-agent.js';

export interface BuildAgents extends Agents, AsyncDisposable {}

interface AgentPlace {
  readonly env: NodeJS.ProcessEnv;
}

type AgentSource = {readonly socket: string} | {readonly keys: readonly string[]};

/** Throws InvalidOptionError. An agent for keys is started when a step first asks for it. */
export function agentsOf(texts: readonly string[], {env}: AgentPlace): BuildAgents {
  const sources = new Map(texts.map((text) => parseAgent(text, env)));
  const started = new Map<string, Promise<KeyAgent>>();
  return {
    async socket(id) {
      const source = sources.get(id);
      if (source === undefined || 'socket' in source) return source?.socket;
      const agent = started.get(id) ?? startKeyAgent(source.keys);
      started.set(id, agent);
      return (await agent).socket;
    },
    async [Symbol.asyncDispose]() {
      for (const agent of await Promise.allSettled(started.values())) {
        if (agent.status === 'fulfilled') await agent.value.stop();
      }
    },
  };
}

function parseAgent(text: string, env: NodeJS.ProcessEnv): [id: string, source: AgentSource] {
  const equals = text.indexOf('=');
  const id = (equals === -1 ? text : text.slice(0, equals)) || 'default';
  const paths = equals === -1 ? [] : text.slice(equals + 1).split(',');
  const [first = env['SSH_AUTH_SOCK'] ?? ''] = paths;
  if (first === '') {
    throw new InvalidOptionError(
      '--ssh',
      `${id} has no socket: SSH_AUTH_SOCK is not set, start an ssh-agent or name keys with ${id}=FILE`,
    );
  }
  if (!isSocket(first)) return [id, {keys: paths.filter((path) => !refuseSocket(path))}];
  if (paths.length > 1) throw new InvalidOptionError('--ssh', `only one socket can be ${id}`);
  return [id, {socket: first}];
}

function isSocket(path: string): boolean {
  try {
    return statSync(path).isSocket();
  } catch (cause) {
    throw new InvalidOptionError('--ssh', `${path} cannot be read`, cause);
  }
}

function refuseSocket(path: string): false {
  if (isSocket(path)) throw new InvalidOptionError('--ssh', 'want one socket or keys, not both');
  return false;
}
