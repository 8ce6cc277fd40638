/**
 * `insecure-registries`: hosts whose certificate is not checked, and that may speak plain http.
 *
 *   10.24.2.30:5000   that host at exactly that port
 *   10.24.0.0/16      every host that is, or that resolves to, an address in it, at any port
 *
 * 127.0.0.0/8 and ::1 are always among them; docker.io never is.
 * Source  moby daemon/pkg/registry/config.go (loadInsecureRegistries, isSecureIndex).
 */
import {isIP} from 'node:net';
import {LOOPBACK, type Network, parseNetwork} from '../../base/network.js';
import type {ConfigText} from './config-file.js';

/** The rule that makes a host insecure, in words. */
export type InsecureRule = string;

/** A host's addresses; none when it cannot be resolved. */
export type LookUp = (hostname: string) => Promise<readonly string[]>;

export class InsecureRegistries {
  readonly #hosts = new Set<string>();
  readonly #networks: Network[] = [...LOOPBACK];

  /** Throws ConfigFileError; `warn` hears of entries that mean something else than they say. */
  constructor(entries: readonly ConfigText[] = [], warn: (warning: string) => void = () => {}) {
    for (const entry of entries) this.#add(entry, warn);
  }

  /** Why the host is insecure; undefined when it is not. `host` has its port. */
  async ruleFor(host: string, lookUp: LookUp): Promise<InsecureRule | undefined> {
    if (isHub(host)) return undefined;
    const key = host.toLowerCase();
    if (this.#hosts.has(key)) return `listed in insecure-registries as ${key}`;
    const name = hostnameOf(key);
    const addresses = isIP(name) === 0 ? await lookUp(name) : [name];
    for (const address of addresses) {
      const found = this.#networks.find(({contains}) => contains(address));
      if (found !== undefined) return `${address} is in ${found.text}`;
    }
    return undefined;
  }

  #add({text, fault}: ConfigText, warn: (warning: string) => void): void {
    const entry = text.replace(/^https?:\/\//i, '');
    if (entry !== text) {
      warn(`insecure-registries: ${text}: want host:port without scheme; taken as ${entry}`);
    }
    const found = parseNetwork(entry);
    if (found !== undefined) {
      this.#networks.push(found);
    } else if (isHost(entry)) {
      this.#hosts.add(entry.toLowerCase());
    } else {
      throw fault(
        `invalid insecure-registries entry: want host[:port] or a CIDR, got ${JSON.stringify(text)}`,
      );
    }
  }
}

/** `host`, `host:port`, `[::1]:port`. */
function isHost(text: string): boolean {
  const [, port] = /:(\d+)$/.exec(text) ?? [];
  const name = port === undefined ? text : text.slice(0, -port.length - 1);
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return false;
  if (/^\[[\da-f:]+\]$/i.test(name)) return isIP(name.slice(1, -1)) === 6;
  return /^[a-z\d](?:[a-z\d._-]*[a-z\d])?$/i.test(name);
}

/** Without port and brackets. */
const hostnameOf = (host: string): string => host.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1');

export const isHub = (host: string): boolean =>
  ['docker.io', 'index.docker.io', 'registry-1.docker.io'].includes(host.toLowerCase());
