/** Connections that are kept for each host, each way to trust it and each proxy on the way. */
import * as http from 'node:http';
import * as https from 'node:https';
import type {Socket} from 'node:net';
import {createSecureContext} from 'node:tls';
import type {ProxyFor} from './proxy.js';
import {ForwardAgent, tunnelled} from './proxy-agents.js';
import {type Trust, VERIFIED} from './trust.js';

const options = {
  keepAlive: true,
  maxSockets: 32,
  maxFreeSockets: 8,
  // Node's 250 ms for each address are too few for a slow network.
  autoSelectFamilyAttemptTimeout: 2000,
} as const;

export interface AgentsOptions {
  /** Asked once, when the first certificate has to be checked. */
  readonly roots: () => readonly string[];
  readonly proxies: ProxyFor;
  /** Milliseconds. */
  readonly connectTimeout: number;
}

export class Agents {
  readonly #roots: () => readonly string[];
  readonly #proxies: ProxyFor;
  readonly #connectTimeout: number;
  /** By the address of the proxy, which for none is empty. */
  readonly #known = new Map<string, Map<Trust | 'plain', http.Agent>>();

  constructor({roots, proxies, connectTimeout}: AgentsOptions) {
    this.#roots = once(roots);
    this.#proxies = proxies;
    this.#connectTimeout = connectTimeout;
  }

  /** Throws ProxyFailure. */
  for(url: URL, trust: Trust): http.Agent {
    return this.#by(this.#proxies(url), url.protocol === 'http:' ? 'plain' : trust);
  }

  #by(proxy: URL | undefined, way: Trust | 'plain'): http.Agent {
    const agents = this.#known.get(proxy?.href ?? '') ?? new Map();
    this.#known.set(proxy?.href ?? '', agents);
    const agent = agents.get(way) ?? (proxy ? this.#through(proxy, way) : this.#direct(way));
    agents.set(way, agent);
    return agent;
  }

  #through(proxy: URL, way: Trust | 'plain'): http.Agent {
    const agent = this.#by(undefined, proxy.protocol === 'http:' ? 'plain' : VERIFIED);
    const access = {proxy, agent, limit: this.#connectTimeout};
    return way === 'plain' ? new ForwardAgent(access) : tunnelled(this.#secure(way), access);
  }

  #direct(way: Trust | 'plain'): http.Agent {
    if (way !== 'plain') return this.#secure(way);
    return impatient(new http.Agent(options), this.#connectTimeout, 'connect');
  }

  #secure(trust: Trust): https.Agent {
    const agent = new https.Agent({...options, ...this.#tls(trust)});
    return impatient(agent, this.#connectTimeout, 'secureConnect');
  }

  close(): void {
    for (const agents of this.#known.values()) for (const agent of agents.values()) agent.destroy();
  }

  #tls({verify, authorities = [], identities = []}: Trust): https.AgentOptions {
    const shown = {cert: identities.map(({cert}) => cert), key: identities.map(({key}) => key)};
    const identity = identities.length === 0 ? {} : shown;
    const ca = verify ? [...this.#roots(), ...authorities] : [];
    // Parsing some hundred certificates takes 20 ms: once, not for each connection, and not where none is checked.
    const secureContext = createSecureContext({ca, ...identity});
    return {rejectUnauthorized: verify, secureContext} as https.AgentOptions;
  }
}

/** Gives a connection up that is not there in time: a silent host must not hold its mirror's place. */
function impatient<Agent extends http.Agent>(
  agent: Agent,
  limit: number,
  ready: 'connect' | 'secureConnect',
): Agent {
  const connecting = agent as Agent & {createConnection(...rest: unknown[]): Socket};
  const create = connecting.createConnection;
  connecting.createConnection = function (...rest) {
    const socket = create.apply(this, rest);
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error(`no connection in ${limit} ms`), {code: 'ETIMEDOUT'}));
    }, limit);
    const stop = () => clearTimeout(timer);
    socket.once(ready, stop).once('close', stop);
    return socket;
  };
  return agent;
}

function once<Out>(make: () => Out): () => Out {
  let made: {value: Out} | undefined;
  return () => {
    made ??= {value: make()};
    return made.value;
  };
}
