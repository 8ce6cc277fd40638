/** What daemon.json says of collecting the cache; its reader is not loaded where there is no such file. */
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {daemonPlaces} from '../machine/daemon-places.js';
import type {CachePolicy} from './cache-policy.js';

/** Throws ConfigFileError, UnreadableConfigError. */
export async function findPolicy(
  request: {readonly daemonJSON?: string | undefined},
  env: NodeJS.ProcessEnv = process.env,
): Promise<CachePolicy> {
  const {daemonJSON, folders} = daemonPlaces(request, env);
  const candidates = folders.map((folder) => join(folder, 'daemon.json'));
  const path = daemonJSON ?? candidates.find((candidate) => existsSync(candidate));
  if (path === undefined) return {enabled: true, defaults: {}};
  const {readBuilderGC} = await import('./builder-gc.js');
  return readBuilderGC(path);
}
