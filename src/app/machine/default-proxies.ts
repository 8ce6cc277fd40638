/** Proxies that docker's config.json gives builds, as build args, and containers, in their environment. */
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {dockerConfigFolder} from './docker-config-folder.js';

/**
 * `NAME=value`, in upper and lower case, as programs read either; not of those that `given` (`NAME` or `NAME=value`) has in
 * one of them. Throws ConfigFileError, UnreadableConfigError.
 */
export async function defaultProxies(
  given: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<string[]> {
  const folder = dockerConfigFolder(env);
  if (!existsSync(join(folder, 'config.json'))) return [];
  const {readDefaultProxies} = await import('../../registry/config/default-proxies.js');
  const names = new Set(given.map((entry) => entry.replace(/=.*/s, '').toUpperCase()));
  return [...readDefaultProxies(folder)]
    .filter(([name]) => !names.has(name))
    .flatMap(([name, value]) => [`${name}=${value}`, `${name.toLowerCase()}=${value}`]);
}
