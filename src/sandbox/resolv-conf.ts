/**
 * What a process reads as /etc/resolv.conf.
 *
 * Source  resolv.conf(5); docker's rules (moby libnetwork/resolvconf): a resolver on a loopback address is another
 *         one inside an own network namespace, so it is left out there, and where systemd-resolved's stub is the
 *         only one, the file with the real ones is taken.
 */
import {readFileSync} from 'node:fs';
import {isIP} from 'node:net';
import {InvalidRunOptionError} from './errors.js';

export interface ResolverOptions {
  /** The process shares the host's network: the host's own file is right as it is. */
  readonly hostNetwork: boolean;
  /** Of --dns, --dns-search and --dns-option: each replaces what the host's file says. */
  readonly servers?: readonly string[];
  readonly search?: readonly string[];
  readonly options?: readonly string[];
}

const STUB = '127.0.0.53';

/** The text of the file; hosts without one have no resolvers. Throws InvalidRunOptionError. */
export function resolvConf(options: ResolverOptions): string {
  requireWords(options);
  const host = readText('/etc/resolv.conf');
  const servers = serversOf(host);
  const onlyStub = servers.length > 0 && servers.every((server) => server === STUB);
  const base =
    onlyStub && !options.hostNetwork ? readText('/run/systemd/resolve/resolv.conf') : host;
  return rewriteResolvConf(base, options);
}

/** Pure: the file `text` under the options. Lines it has nothing to say on are kept as they are. */
export function rewriteResolvConf(text: string, options: ResolverOptions): string {
  const {servers = [], search = [], options: flags = []} = options;
  const dropped = (line: string): boolean => {
    const [keyword = '', value = ''] = line.trim().split(/\s+/);
    if (keyword === 'nameserver') {
      return servers.length > 0 || (!options.hostNetwork && isLoopback(value));
    }
    if (keyword === 'search' || keyword === 'domain') return search.length > 0;
    return keyword === 'options' && flags.length > 0;
  };
  const kept = text.split('\n').filter((line) => line.trim() !== '' && !dropped(line));
  const own = [
    ...servers.map((server) => `nameserver ${server}`),
    // docker's `--dns-search .` is no search at all.
    ...(search.length > 0 && search[0] !== '.' ? [`search ${search.join(' ')}`] : []),
    ...(flags.length > 0 ? [`options ${flags.join(' ')}`] : []),
  ];
  return [...kept, ...own].map((line) => `${line}\n`).join('');
}

/** Each is a word of a line. */
function requireWords({servers = [], search = [], options = []}: ResolverOptions): void {
  const refuse = (option: string, wanted: string, got: string | undefined): void => {
    if (got === undefined) return;
    throw new InvalidRunOptionError(option, `want ${wanted}, got ${JSON.stringify(got)}`);
  };
  const isNoWord = (text: string): boolean => !/^[\w.:-]+$/.test(text);
  refuse(
    '--dns',
    'an IP address',
    servers.find((server) => isIP(server) === 0),
  );
  refuse('--dns-search', 'a domain', search.find(isNoWord));
  refuse('--dns-option', 'an option like ndots:2', options.find(isNoWord));
}

const serversOf = (text: string): string[] =>
  text.split('\n').flatMap((line) => /^\s*nameserver\s+(\S+)/.exec(line)?.[1] ?? []);

const isLoopback = (address: string): boolean =>
  address.startsWith('127.') || address === '::1' || address.startsWith('::1%');

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
