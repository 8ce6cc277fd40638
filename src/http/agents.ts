/** Connections that are kept for each host and each way to trust it. */
import * as http from 'node:http';
import * as https from 'node:https';
import type {Socket} from 'node:net';
import {createSecureContext, type SecureContext} from 'node:tls';
import type {Trust} from './trust.js';

const options = {
  keepAlive: true,
  maxSockets: 32,
  maxFreeSockets: 8,
  // Node's 250 ms for each address are too few for a slow network.
  autoSelectFamilyAttemptTimeout: 2000,
} as const;

export class Agents {
  readonly #roots: () => readonly string[];
  readonly #connectTimeout: number;
  readonly #plain: http.Agent;
  readonly #secure = new Map<Trust, https.Agent>();

  /** `roots` is asked once, when the first certificate has to be checked; `connectTimeout` in milliseconds. */
  constructor(roots: () => readonly string[], connectTimeout: number) {
    this.#roots = once(roots);
    this.#connectTimeout = connectTimeout;
    this.#plain = impatient(new http.Agent(options), connectTimeout, 'connect');
  }

  for(url: URL, trust: Trust): http.Agent {
    if (url.protocol === 'http:') return this.#plain;
    const known = this.#secure.get(trust);
    if (known !== undefined) return known;
    const agent = impatient(
      new https.Agent({...options, ...this.#tls(trust)}),
      this.#connectTimeout,
      'secureConnect',
    );
    this.#secure.set(trust, agent);
    return agent;
  }

  close(): void {
    for (const agent of [this.#plain, ...this.#secure.values()]) agent.destroy();
  }

  #tls({verify, authorities = [], identities = []}: Trust): https.AgentOptions {
    const shown = {cert: identities.map(({cert}) => cert), key: identities.map(({key}) => key)};
    const identity = identities.length === 0 ? {} : shown;
    if (!verify) return {rejectUnauthorized: false, ...identity};
    const context = secureContext([...this.#roots(), ...authorities], identity);
    return {secureContext: context} as https.AgentOptions;
  }
}

/** Parsing some hundred certificates takes 20 ms: once, not for each connection. */
const secureContext = (
  ca: readonly string[],
  identity: {cert?: string[]; key?: string[]},
): SecureContext => createSecureContext({ca: [...ca], ...identity});

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
