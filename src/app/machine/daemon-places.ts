import {homedir} from 'node:os';
import {join} from 'node:path';

export interface DaemonPlaces {
  /** Path of the file that was named, by TSBUILD_DAEMON_JSON too: it takes the place of all others. */
  readonly daemonJSON: string | undefined;
  /** Folders that may hold daemon.json, the user's first. */
  readonly folders: readonly string[];
}

export function daemonPlaces(
  {daemonJSON}: {readonly daemonJSON?: string | undefined},
  env: NodeJS.ProcessEnv,
): DaemonPlaces {
  const config = env['XDG_CONFIG_HOME'] || join(homedir(), '.config');
  return {
    daemonJSON: daemonJSON ?? (env['TSBUILD_DAEMON_JSON'] || undefined),
    folders: [join(config, 'docker'), '/etc/docker'],
  };
}
