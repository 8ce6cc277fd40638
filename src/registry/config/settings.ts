/**
 * All configuration of registries, read once: the one way for build, pull and push.
 *
 * daemon.json     the file that was named, else `~/.config/docker/daemon.json`, else `/etc/docker/daemon.json`
 * registries.json beside it
 * certs.d         beside it, and in both of those folders
 */
import {dirname, join} from 'node:path';
import {type DaemonConfig, readDaemonConfig, readNamedDaemonConfig} from './daemon-config.js';
import {DockerConfig} from './docker-config.js';
import {type HostsFile, readHostsFile} from './hosts-file.js';
import {type RegistryPolicy, readRegistryPolicy} from './registry-policy.js';

export interface SettingsPlaces {
  /** A daemon.json that was named, which then has to be there. */
  readonly daemonJSON?: string | undefined;
  /** Folders that may hold daemon.json and certs.d, the user's first. */
  readonly folders: readonly string[];
  /** Folder of config.json. */
  readonly dockerConfig: string;
  /** DOCKER_AUTH_CONFIG. */
  readonly inlineAuths?: string | undefined;
}

export interface RegistrySettings {
  readonly daemon: DaemonConfig;
  readonly policy: RegistryPolicy;
  readonly credentials: DockerConfig;
  /** Folders of `HOST:PORT` folders. */
  readonly certificates: readonly string[];
  /** What hosts.toml there says of a registry; read once. Throws as `readHostsFile`. */
  readonly hosts: (domain: string) => HostsFile | undefined;
}

/** Throws ConfigFileError, UnreadableConfigError. */
export function readSettings(places: SettingsPlaces): RegistrySettings {
  const {daemonJSON, folders, dockerConfig, inlineAuths} = places;
  const daemon =
    daemonJSON === undefined
      ? readDaemonConfig(folders.map((folder) => join(folder, 'daemon.json')))
      : readNamedDaemonConfig(daemonJSON);
  const beside = daemon.path === undefined ? folders.slice(0, 1) : [dirname(daemon.path)];
  const all = [...new Set([...beside, ...folders])];
  const certificates = all.map((folder) => join(folder, 'certs.d'));
  return {
    daemon,
    policy: readRegistryPolicy(join(beside[0] ?? '.', 'registries.json')),
    credentials: new DockerConfig({folder: dockerConfig, inline: inlineAuths}),
    certificates,
    hosts: once((domain) => readHostsFile(domain, certificates)),
  };
}

function once<Out>(read: (name: string) => Out): (name: string) => Out {
  const known = new Map<string, {readonly out: Out}>();
  return (name) => {
    const found = known.get(name) ?? {out: read(name)};
    known.set(name, found);
    return found.out;
  };
}
