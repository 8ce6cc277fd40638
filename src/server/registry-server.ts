/**
 * The listener: node:http over a registry's storage, with the bounds that keep slow and many clients from being everybody's
 * problem, and an end that lets running requests finish.
 */
import {once} from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import {createServer as createTLSServer, type Server as TLSServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import type {RequestRecord, Service} from './exchange.js';
import {handle} from './handle.js';
import {readTLSFiles, type TLSFiles} from './tls-files.js';

export interface ListenOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** Milliseconds for the head of a request; without a byte of a body or another request. */
const HEAD_TIMEOUT = 20_000;
const IDLE_TIMEOUT = 60_000;

const bounds = {
  headersTimeout: HEAD_TIMEOUT,
  // A large blob over a slow line takes as long as it takes; connections without a byte are ended by the idle timeout.
  requestTimeout: 0,
  keepAliveTimeout: IDLE_TIMEOUT,
  connectionsCheckingInterval: 5_000,
  noDelay: true,
};

export class RegistryServer implements AsyncDisposable {
  readonly #server: Server | TLSServer;
  readonly #tls: TLSFiles | undefined;
  #closing: Promise<unknown> | undefined;

  /** Throws CertificateError. */
  constructor(service: Service, tls?: TLSFiles) {
    this.#tls = tls;
    this.#server = tls === undefined ? createServer(bounds) : tlsServer(tls);
    const listener: RequestListener = (request, response) => {
      if (this.#closing !== undefined) response.shouldKeepAlive = false;
      if (service.onRequest !== undefined) watch(request, response, service.onRequest);
      void handle(request, response, service).then(() => {
        if (this.#closing !== undefined) this.#server.closeIdleConnections();
      });
    };
    this.#server.on('request', listener).on('checkContinue', listener);
    this.#server.setTimeout(IDLE_TIMEOUT);
  }

  async listen({host, port}: ListenOptions): Promise<void> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
  }

  /** `127.0.0.1:5000`, as it stands in front of a repository's name. */
  get address(): string {
    const {address, family, port} = this.#server.address() as AddressInfo;
    return `${family === 'IPv6' ? `[${address}]` : address}:${port}`;
  }

  get url(): string {
    return `${this.#tls === undefined ? 'http' : 'https'}://${this.address}`;
  }

  /** Reads the certificates again, for connections from now on. Throws CertificateError and keeps those it has. */
  reload(): void {
    if (this.#tls === undefined) return;
    (this.#server as TLSServer).setSecureContext(readTLSFiles(this.#tls));
  }

  /** Takes no more requests, and waits for those that run. */
  close(): Promise<unknown> {
    this.#closing ??= new Promise<unknown>((done) => this.#server.close(done));
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function watch(
  {method = '', url = '', socket}: IncomingMessage,
  response: ServerResponse,
  tell: (record: RequestRecord) => void,
): void {
  const start = performance.now();
  const client = socket.remoteAddress ?? '';
  response.once('close', () => {
    const status = response.writableFinished ? response.statusCode : 499;
    tell({method, url, status, client, milliseconds: performance.now() - start});
  });
}

function tlsServer(files: TLSFiles): TLSServer {
  const demands = {requestCert: true, rejectUnauthorized: true};
  const client = files.clientCA === undefined ? {} : demands;
  return createTLSServer({...bounds, ...readTLSFiles(files), ...client});
}
