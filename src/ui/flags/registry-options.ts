/** What flags of `registry serve` mean together, and how a request is told. */
import type {RegistryRequest, RequestRecord} from '../../app/registry/serve-registry.js';
import {defined} from '../command/defined.js';
import {printable} from '../text/printable.js';

type Flags = Readonly<
  Record<
    | 'tls-cert'
    | 'tls-key'
    | 'tls-client-ca'
    | 'token-realm'
    | 'token-service'
    | 'token-issuer'
    | 'token-keys',
    string | undefined
  >
>;

/** The flags of each group come all or none, but for the client authority. */
export function registryAccess(flags: Flags): Pick<RegistryRequest, 'tls' | 'token'> {
  const {'tls-cert': cert, 'tls-key': key = '', 'tls-client-ca': clientCA} = flags;
  const {'token-realm': realm, 'token-service': service = ''} = flags;
  const {'token-issuer': issuer = '', 'token-keys': keys = ''} = flags;
  return {
    ...(cert === undefined ? {} : {tls: {cert, key, ...defined({clientCA})}}),
    ...(realm === undefined ? {} : {token: {realm, service, issuer, keys}}),
  };
}

export function logRequest({method, url, status, client, milliseconds}: RequestRecord): void {
  const line = `${client} ${method} ${url} ${status} ${Math.round(milliseconds)} ms`;
  process.stderr.write(`${printable(line)}\n`);
}
