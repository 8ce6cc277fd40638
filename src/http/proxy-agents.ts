/**
 * Connections by way of a proxy: to https through a tunnel that it opens, to http by requests that it sends on.
 *
 * Only what comes through the tunnel is the host's word: a proxy that opens none is an error, never an answer, for it could ask for a
 * password in the host's name.
 * Source  RFC 9110 § 7.1, 9.3.6, 11.7.
 */
import * as http from 'node:http';
import * as https from 'node:https';
import {isIP, type Socket} from 'node:net';
import type {Duplex} from 'node:stream';
import {basicOf} from './basic.js';
import {ProxyFailure} from './proxy.js';

/** A proxy, and the agent of its scheme that connects to it. */
export interface ProxyAccess {
  readonly proxy: URL;
  readonly agent: http.Agent;
  /** Milliseconds until it has opened a tunnel. */
  readonly limit: number;
}

interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
}

type Connect = (
  options: ConnectionOptions,
  connected: (error: Error | null, socket?: Duplex) => void,
) => void;

/** The agent, whose connections go through a tunnel from now on. */
export function tunnelled(agent: https.Agent, access: ProxyAccess): https.Agent {
  const connecting = agent as unknown as {createConnection: Connect};
  const secure = connecting.createConnection as (options: object) => Duplex;
  connecting.createConnection = (options, connected) => {
    openTunnel(options, access)
      .then((socket) => secure.call(agent, {...options, socket}))
      .then((socket) => connected(null, socket), connected);
  };
  return agent;
}

function openTunnel(
  {host, port}: ConnectionOptions,
  {proxy, agent, limit}: ProxyAccess,
): Promise<Socket> {
  const {request} = proxy.protocol === 'https:' ? https : http;
  const path = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
  const headers = {host: path, ...authorization(proxy)};
  const asking = {...placeOf(proxy), method: 'CONNECT', path, headers, agent, timeout: limit};
  return new Promise((resolve, reject) => {
    const asked = request(asking);
    asked.once('connect', ({statusCode = 0}, socket, head) => {
      if (statusCode >= 200 && statusCode < 300) {
        socket.setTimeout(0);
        if (head.length > 0) socket.unshift(head);
        resolve(socket as Socket);
      } else {
        socket.destroy();
        const code = statusCode >= 500 ? 'EHOSTUNREACH' : 'EPROXY';
        reject(new ProxyFailure(`proxy ${proxy.host} answered ${statusCode}`, code));
      }
    });
    asked.once('timeout', () => asked.destroy(new Error(`no tunnel in ${limit} ms`)));
    asked.once('error', ({message}) => {
      reject(new ProxyFailure(`proxy ${proxy.host}: ${message}`));
    });
    asked.end();
  });
}

/** Requests for http hosts, sent to the proxy with their whole address. */
export class ForwardAgent extends http.Agent {
  readonly #access: ProxyAccess;

  constructor(access: ProxyAccess) {
    super({keepAlive: true});
    this.#access = access;
  }

  /** What node:http calls of an agent, before anything is sent. */
  addRequest(request: http.ClientRequest, options: object): void {
    const {proxy, agent} = this.#access;
    request.path = `http://${request.getHeader('host')}${request.path}`;
    for (const [name, value] of Object.entries(authorization(proxy))) {
      request.setHeader(name, value);
    }
    const connecting = agent as unknown as Pick<ForwardAgent, 'addRequest'>;
    connecting.addRequest(request, {...options, ...placeOf(proxy)});
  }
}

/** The name in its certificate is its own, not the one in the Host header. */
function placeOf({hostname, port, protocol}: URL) {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const servername = isIP(host) === 0 ? host : '';
  return {host, port: port || (protocol === 'https:' ? 443 : 80), servername};
}

function authorization(proxy: URL): Record<string, string> {
  const header = basicOf(proxy);
  return header === undefined ? {} : {'proxy-authorization': header};
}
