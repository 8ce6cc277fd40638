/**
 * The listener: node:http over a registry's storage, with the bounds that keep slow and many clients from being everybody's
 * problem, and an end that lets running requests finish.
 */
import {once} from 'node:events';
import {createServer, type RequestListener, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import type {Service} from './exchange.js';
import {handle} from './handle.js';

export interface ListenOptions {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** Milliseconds for the head of a request; without a byte of a body or another request. */
const HEAD_TIMEOUT = 20_000;
const IDLE_TIMEOUT = 60_000;

export class RegistryServer implements AsyncDisposable {
  readonly #server: Server;
  #closing: Promise<unknown> | undefined;

  constructor(service: Service) {
    const options = {
      headersTimeout: HEAD_TIMEOUT,
      // A large blob over a slow line takes as long as it takes; idle connections are ended below.
      requestTimeout: 0,
      keepAliveTimeout: IDLE_TIMEOUT,
      connectionsCheckingInterval: 5_000,
      noDelay: true,
    };
    this.#server = createServer(options);
    const listener: RequestListener = (request, response) => {
      if (this.#closing !== undefined) response.shouldKeepAlive = false;
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
    return `http://${this.address}`;
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
