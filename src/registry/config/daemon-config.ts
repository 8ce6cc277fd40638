/**
 * daemon.json: which mirrors stand in for Docker Hub, and which hosts need no certificate.
 *
 * The rest of the file is dockerd's own affair and is not looked at.
 * Source  docker's reference of dockerd, "Daemon configuration file".
 */
import {type ConfigObject, readConfigFile} from './config-file.js';
import {UnreadableConfigError} from './errors.js';
import {InsecureRegistries} from './insecure-registries.js';
import {formatMirror, type MirrorURL, parseMirror} from './mirror-url.js';

export interface DaemonConfig {
  /** Undefined when there is no file. */
  readonly path: string | undefined;
  readonly mirrors: readonly MirrorURL[];
  readonly insecure: InsecureRegistries;
  /** What is in the file and will not do what it seems to. */
  readonly warnings: readonly string[];
}

/** The first of the files that is there. Throws ConfigFileError, UnreadableConfigError. */
export function readDaemonConfig(candidates: readonly string[]): DaemonConfig {
  for (const path of candidates) {
    const file = readConfigFile(path);
    if (file !== undefined) return daemonConfig(file);
  }
  return {path: undefined, mirrors: [], insecure: new InsecureRegistries(), warnings: []};
}

/** A file that somebody named has to be there. */
export function readNamedDaemonConfig(path: string): DaemonConfig {
  const file = readConfigFile(path);
  if (file === undefined) throw new UnreadableConfigError(path, new Error('no such file'));
  return daemonConfig(file);
}

function daemonConfig(file: ConfigObject): DaemonConfig {
  const warnings = misspelt(file);
  const warn = (warning: string): void => {
    warnings.push(`${file.path}: ${warning}`);
  };
  const mirrors = new Map<string, MirrorURL>();
  for (const entry of file.strings('registry-mirrors')) {
    const mirror = parseMirror(entry);
    mirrors.set(formatMirror(mirror), mirror);
  }
  const insecure = new InsecureRegistries(file.strings('insecure-registries'), warn);
  return {path: file.path, mirrors: [...mirrors.values()], insecure, warnings};
}

/** dockerd refuses keys it does not know; of those only the near misses of ours matter here. */
const misspelt = (file: ConfigObject): string[] =>
  file
    .keys()
    .filter((key) => /^(?:insecure|registr)\w*[-_]?(?:registr|mirror)/i.test(key))
    .filter((key) => key !== 'registry-mirrors' && key !== 'insecure-registries')
    .map(
      (key) =>
        `${file.fault('', key).message}unknown key ${JSON.stringify(key)}, want registry-mirrors or insecure-registries`,
    );
