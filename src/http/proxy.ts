/**
 * Which proxy a request goes through: HTTPS_PROXY and HTTP_PROXY, or the same in small letters, by the scheme of its address.
 *
 * None for this machine itself, nor for what NO_PROXY lists: `example.com` and all below it, `.example.com` for that alone, addresses,
 * networks like `10.24.0.0/16`, each of them with a port if only that is meant; `*` is everything.
 * Source  golang.org/x/net/http/httpproxy, by which docker understands them.
 */
import {isIP} from 'node:net';
import {LOOPBACK, parseNetwork} from '../base/network.js';

/** Undefined is no proxy. Throws where the proxy's own address is none, see `ProxyFailure`. */
export type ProxyFor = (url: URL) => URL | undefined;

export const DIRECT: ProxyFor = () => undefined;

/** What a proxy does wrong, or is named wrong; the system's errors have such codes. */
export class ProxyFailure extends Error {
  readonly code: 'EPROXY' | 'EHOSTUNREACH';

  constructor(problem: string, code: ProxyFailure['code'] = 'EPROXY') {
    super(problem);
    this.code = code;
  }
}

export function proxiesIn(env: NodeJS.ProcessEnv): ProxyFor {
  const read = (name: string): string => env[name] || env[name.toLowerCase()] || '';
  const exceptions = read('NO_PROXY').split(',').map(exception);
  return (url) => {
    const text = read(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
    if (text === '') return undefined;
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const port = url.port || (url.protocol === 'https:' ? '443' : '80');
    const isHere = host === 'localhost' || LOOPBACK.some(({contains}) => contains(host));
    return isHere || exceptions.some((excepts) => excepts(host, port)) ? undefined : proxyAt(text);
  };
}

/** The text may hold a password: it is told of without. */
function proxyAt(text: string): URL {
  const address = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  const got = url === undefined ? 'no address' : url.protocol;
  throw new ProxyFailure(`want a proxy by http or https, got ${got}`);
}

function exception(entry: string): (host: string, port: string) => boolean {
  const text = entry.trim().toLowerCase();
  if (text === '') return () => false;
  if (text === '*') return () => true;
  const network = parseNetwork(text);
  if (network !== undefined) return network.contains;
  const [, written = text, only] = (isIP(text) === 0 && /^(.+):(\d+)$/.exec(text)) || [];
  const name = written.replace(/^\[(.*)\]$/, '$1').replace(/^\*(?=\.)/, '');
  const below = name.startsWith('.') ? name : `.${name}`;
  return (host, port) =>
    (only === undefined || only === port) && (host === name || host.endsWith(below));
}
