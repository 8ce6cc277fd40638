/** A real proxy on loopback for one test: it opens tunnels and sends requests on, all of them to one server. */
import {type IncomingMessage, request as send} from 'node:http';
import type {ServerOptions} from 'node:https';
import {connect} from 'node:net';
import {type HttpServer, serve} from './http-server.js';

interface ProxyOptions {
  /** Where everything leads, whatever its name. */
  readonly to: URL;
  readonly tls?: ServerOptions;
  /** What it answers to everything. */
  readonly refuses?: number;
}

export interface ProxyServer extends HttpServer {
  /** `CONNECT registry.example:443`, `GET http://registry.example/`, with who asked. */
  readonly asked: readonly string[];
}

export async function proxyServer({to, tls, refuses}: ProxyOptions): Promise<ProxyServer> {
  const asked: string[] = [];
  const hear = ({method, url, headers}: IncomingMessage): void => {
    const user = headers['proxy-authorization'] ?? '';
    asked.push(`${method} ${url} ${user}`.trim());
  };
  const server = await serve(
    (request, response) => {
      hear(request);
      if (refuses !== undefined) return void response.writeHead(refuses).end();
      const {method, url = '', headers} = request;
      const {pathname, search} = new URL(url);
      const onward = send(new URL(`${pathname}${search}`, to), {method, headers}, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      });
      request.pipe(onward);
    },
    {
      ...(tls === undefined ? {} : {tls}),
      onConnect: (request, socket) => {
        hear(request);
        if (refuses !== undefined) {
          const forged = 'www-authenticate: Basic realm="registry"\r\ncontent-length: 0';
          socket.end(`HTTP/1.1 ${refuses} No\r\n${forged}\r\n\r\n`);
          return;
        }
        const onward = connect(Number(to.port), to.hostname, () => {
          socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
          socket.pipe(onward).pipe(socket);
        });
        for (const each of [socket, onward]) each.on('error', () => onward.destroy());
      },
    },
  );
  return {...server, asked};
}
