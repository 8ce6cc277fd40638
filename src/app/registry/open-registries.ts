/**
 * Registries as this machine and this environment are set up to reach them; with `machineHttp` and `isOffline` all that is read of it.
 *
 * DOCKER_CONFIG, DOCKER_AUTH_CONFIG   where config.json is, and auths before it
 * TSBUILD_DAEMON_JSON                 a daemon.json to use in place of the user's and the machine's
 */
import {PATIENT} from '../../http/retry.js';
import {RegistryClient, type RegistryNotice} from '../../registry/client/registry-client.js';
import {type RegistrySettings, readSettings} from '../../registry/config/settings.js';
import {daemonPlaces} from '../machine/daemon-places.js';
import {dockerConfigFolder} from '../machine/docker-config-folder.js';
import {machineHttp} from '../machine/machine-http.js';
import {isOffline} from '../machine/offline.js';

/** How a use case may reach registries. */
export interface RegistryAccess {
  /** Path of a daemon.json. */
  readonly daemonJSON?: string;
  /** Nothing is asked over the network. */
  readonly offline?: boolean;
  /** Attempts at what may go better another time; 5. */
  readonly attempts?: number;
  /** Milliseconds before the second attempt; it grows threefold. */
  readonly retryDelay?: number;
}

export interface RegistryObserver {
  readonly onNotice?: ((notice: RegistryNotice) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type Registries = RegistryClient & Disposable;

/** Throws ConfigFileError, UnreadableConfigError. */
export function openRegistries(
  access: RegistryAccess,
  {onNotice, signal}: RegistryObserver = {},
  env: NodeJS.ProcessEnv = process.env,
): Registries {
  const settings = registrySettings(access, env);
  for (const warning of settings.daemon.warnings) onNotice?.({kind: 'warning', warning});
  const http = machineHttp(env, (exchange) => onNotice?.({kind: 'exchange', exchange}));
  const {attempts = PATIENT.attempts, retryDelay: delay = PATIENT.delay} = access;
  const client = new RegistryClient({
    settings,
    http,
    retry: {attempts, delay},
    offline: isOffline(access, env),
    onNotice,
    signal,
  });
  return Object.assign(client, {[Symbol.dispose]: () => http[Symbol.dispose]()});
}

export function registrySettings(
  access: Pick<RegistryAccess, 'daemonJSON'>,
  env: NodeJS.ProcessEnv = process.env,
): RegistrySettings {
  return readSettings({
    ...daemonPlaces(access, env),
    dockerConfig: dockerConfigFolder(env),
    inlineAuths: env['DOCKER_AUTH_CONFIG'],
  });
}
