/** The -e and --env-file of a run, and the proxies that docker's config.json has for every container → variables. */
import {readFileSync} from 'node:fs';
import {parseEnvironmentFile, parseEnvironmentOption} from '../../sandbox/spec/environment.js';
import {InvalidOptionError} from '../errors.js';
import {defaultProxies} from '../machine/default-proxies.js';
import type {RunRequest} from './run-request.js';

/**
 * `NAME=value`, in the order of docker: the proxies of config.json, which any later entry replaces, the files, the options. A bare
 * name takes this process's own value. Throws InvalidOptionError, InvalidRunOptionError.
 */
export async function containerEnvironment({
  env = [],
  envFiles = [],
}: RunRequest): Promise<string[]> {
  const own = process.env;
  const given = [
    ...envFiles.flatMap((path) => parseEnvironmentFile(readEnvironmentFile(path), own)),
    ...env.map((entry) => parseEnvironmentOption(entry, own)),
  ];
  return [...(await defaultProxies(given, own)), ...given];
}

function readEnvironmentFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InvalidOptionError('--env-file', `cannot read ${path}`, cause);
  }
}
