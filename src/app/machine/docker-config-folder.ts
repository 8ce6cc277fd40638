import {homedir} from 'node:os';
import {join} from 'node:path';

/** Folder of docker's config.json. */
export const dockerConfigFolder = (env: NodeJS.ProcessEnv): string =>
  env['DOCKER_CONFIG'] || join(homedir(), '.docker');
