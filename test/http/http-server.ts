/** A real HTTP server on loopback for one test. */
import {createServer, type IncomingMessage, type RequestListener, type Server} from 'node:http';
import {createServer as createSecureServer, type ServerOptions} from 'node:https';
import type {AddressInfo} from 'node:net';
import type {Duplex} from 'node:stream';

export interface HttpServer extends AsyncDisposable {
  readonly url: URL;
  /** What was asked so far. */
  readonly requests: readonly Pick<IncomingMessage, 'method' | 'url' | 'headers'>[];
}

interface ServeOptions {
  /** It speaks https. */
  readonly tls?: ServerOptions;
  readonly host?: string;
  /** What a CONNECT leads to. */
  readonly onConnect?: (request: IncomingMessage, socket: Duplex) => void;
}

export async function serve(
  listener: RequestListener,
  {tls, host = '127.0.0.1', onConnect}: ServeOptions = {},
): Promise<HttpServer> {
  const requests: IncomingMessage[] = [];
  const listening: RequestListener = (request, response) => {
    requests.push(request);
    listener(request, response);
  };
  const server: Server =
    tls === undefined ? createServer(listening) : createSecureServer(tls, listening);
  if (onConnect !== undefined) server.on('connect', onConnect);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const {port} = server.address() as AddressInfo;
  return {
    url: new URL(`${tls === undefined ? 'http' : 'https'}://${host}:${port}/`),
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
