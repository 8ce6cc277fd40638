/**
 * What a process reads as /etc/hosts.
 *
 * Source  hosts(5); docker's and BuildKit's lines.
 */
import {isIP} from 'node:net';
import {InvalidRunOptionError} from './errors.js';

export interface ExtraHost {
  readonly name: string;
  readonly address: string;
}

const LOCAL = (ownName: string): string[] => [
  `127.0.0.1\tlocalhost${ownName}`,
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::\tip6-localnet',
  'ff00::\tip6-mcastprefix',
  'ff02::1\tip6-allnodes',
  'ff02::2\tip6-allrouters',
];

/** The text of the file: the machine's own names, then those given. */
export function hostsFile(hostname: string, extra: readonly ExtraHost[] = []): string {
  const lines = [
    ...LOCAL(hostname === '' || hostname === 'localhost' ? '' : ` ${hostname}`),
    ...extra.map(({name, address}) => `${address}\t${name}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * The value of --add-host: `name:address` or `name=address`, IPv6 also in brackets.
 *
 * Takes   `gateway`, the address that `host-gateway` stands for.
 */
export function parseExtraHost(text: string, gateway: string): ExtraHost {
  const [, name = '', given = ''] = /^([^:=]+)[:=](.+)$/.exec(text) ?? [];
  const bare = /^\[(.+)\]$/.exec(given)?.[1] ?? given;
  const address = bare === 'host-gateway' ? gateway : bare;
  if (!/^[A-Za-z0-9_.-]+$/.test(name) || isIP(address) === 0) {
    throw new InvalidRunOptionError('--add-host', `want name:address, got ${JSON.stringify(text)}`);
  }
  return {name, address};
}
