/** A user's configuration of registries, in place of that of whoever runs the tests. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {vi} from 'vitest';
import {temporaryFolder} from '../../helpers/temporary-folder.js';

export interface Machine extends AsyncDisposable {
  /** Holds config.json, and docker/daemon.json. */
  readonly folder: string;
}

export function machine({config}: {config?: object} = {}): Machine {
  const folder = temporaryFolder();
  if (config) writeFileSync(join(folder.path, 'config.json'), JSON.stringify(config));
  vi.stubEnv('DOCKER_CONFIG', folder.path);
  vi.stubEnv('XDG_CONFIG_HOME', folder.path);
  vi.stubEnv('DOCKER_AUTH_CONFIG', '');
  vi.stubEnv('TSBUILD_DAEMON_JSON', '');
  return {
    folder: folder.path,
    async [Symbol.asyncDispose]() {
      vi.unstubAllEnvs();
      await folder[Symbol.asyncDispose]();
    },
  };
}
