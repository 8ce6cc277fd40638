/**
 * `registry serve` from its start to its end: until it is told to stop, or as long as a command beside it runs.
 * SIGHUP makes it read its files again.
 */
import {once} from 'node:events';
import {join} from 'node:path';
import {storeRoot} from '../store-root.js';
import {runBeside} from './run-beside.js';
import {type Registry, type RegistryRequest, serveRegistry} from './serve-registry.js';

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
  if (command.length > 0) {
    const env = {TSBUILD_REGISTRY: address, TSBUILD_REGISTRY_URL: url};
    return await runBeside(command, {env, signal});
  }
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
