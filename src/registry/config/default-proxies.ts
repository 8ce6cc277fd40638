/**
 * config.json: proxies for all that builds and containers reach, under `proxies.default`.
 *
 * Entries beside `default` are for daemons of other hosts; here is none.
 * Source  docker/cli cli/config/configfile, ParseProxyConfig.
 */
import {join} from 'node:path';
import {readConfigFile} from './config-file.js';

const VARIABLES = {
  httpProxy: 'HTTP_PROXY',
  httpsProxy: 'HTTPS_PROXY',
  ftpProxy: 'FTP_PROXY',
  noProxy: 'NO_PROXY',
  allProxy: 'ALL_PROXY',
};

/** Values by variable, in upper case. `folder` is that of config.json. Throws ConfigFileError, UnreadableConfigError. */
export function readDefaultProxies(folder: string): ReadonlyMap<string, string> {
  const proxies = readConfigFile(join(folder, 'config.json'))?.object('proxies')?.object('default');
  return new Map(
    Object.entries(VARIABLES).flatMap(([key, variable]): [string, string][] => {
      const value = proxies?.string(key);
      return value ? [[variable, value]] : [];
    }),
  );
}
