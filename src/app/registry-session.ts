/**
 * `registry serve` from its start to its end: until it is told to stop, or as long as a command beside it runs.
 * SIGHUP makes it read its files again.
 */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {constants} from 'node:os';
import {join} from 'node:path';
import {InvalidOptionError} from './errors.js';
import {type Registry, type RegistryRequest, serveRegistry} from './serve-registry.js';
import {storeRoot} from './store-root.js';

export interface RegistrySession extends RegistryRequest {
  /** The store's directory; images are kept in `registry` there, unless `data` says otherwise. */
  readonly root?: string;
  readonly temporary: boolean;
  /** A program and its arguments. */
  readonly command: readonly string[];
  readonly onServing: (registry: Pick<Registry, 'address' | 'url' | 'data'>) => void;
  /** Ends the session; requests and the command come to their end. */
  readonly signal: AbortSignal;
}

/** Exit code of the command; 0 without one. */
export async function runRegistrySession(session: RegistrySession): Promise<number> {
  const {root = storeRoot(), temporary, command, onServing, signal, ...request} = session;
  const data = temporary ? {} : {data: request.data ?? join(root, 'registry')};
  await using registry = await serveRegistry({...request, ...data});
  const {address, url} = registry;
  const reload = (): void => reloaded(registry, request.onProblem);
  process.on('SIGHUP', reload);
  onServing({address, url, data: registry.data});
  // Awaited here: the registry closes with this function.
  if (command.length > 0) return await runBeside(registry, command, signal);
  if (!signal.aborted) await once(signal, 'abort');
  return 0;
}

function reloaded(registry: Registry, onProblem: RegistryRequest['onProblem']): void {
  try {
    registry.reload();
  } catch (problem) {
    onProblem?.(problem);
  }
}

async function runBeside(
  {address, url}: Registry,
  [program = '', ...args]: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const env = {...process.env, TSBUILD_REGISTRY: address, TSBUILD_REGISTRY_URL: url};
  const child = spawn(program, args, {stdio: 'inherit', env});
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, {once: true});
  try {
    const [code, name] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + constants.signals[name ?? 'SIGKILL'];
  } catch (cause) {
    throw new InvalidOptionError('command', `cannot run ${JSON.stringify(program)}`, cause);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
