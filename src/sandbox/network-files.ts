import {chmodSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {type ExtraHost, hostsFile} from './hosts.js';
import {type ResolverOptions, resolvConf} from './resolv-conf.js';

export interface NetworkFiles {
  readonly hosts: string;
  readonly resolvConf: string;
  readonly hostname: string;
}

/** Writes hosts, resolv.conf and hostname into an existing directory, to be bound over the rootfs's own. */
export function writeNetworkFiles(
  directory: string,
  hostname: string,
  options: ResolverOptions & {readonly extraHosts?: readonly ExtraHost[]},
): NetworkFiles {
  const write = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    // Every user inside reads them, whatever the caller's umask keeps from others outside.
    chmodSync(path, 0o644);
    return path;
  };
  return {
    hosts: write('hosts', hostsFile(hostname, options.extraHosts)),
    resolvConf: write('resolv.conf', resolvConf(options)),
    hostname: write('hostname', `${hostname}\n`),
  };
}
