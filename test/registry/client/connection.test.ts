/** Which scheme a host is spoken to with, found out once. */
import {once} from 'node:events';
import {createServer} from 'node:http';
import {createServer as createSecureServer} from 'node:https';
import type {AddressInfo} from 'node:net';
import {expect, test} from 'vitest';
import {Authority} from '../../helpers/certificates.js';
import {registriesOf} from '../../helpers/registries.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';
import {serve} from '../../http/http-server.js';

const ping = {target: '', scopes: [], what: 'ping'};
const retry = {attempts: 1, delay: 1};

test('an insecure host without TLS is asked over http from then on', async () => {
  const server = createServer((_, response) => response.end('{}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  await using machine = registriesOf({retry});
  const connection = await machine.client.registry({domain: `127.0.0.1:${port}`});
  await connection.ask(ping);
  await connection.ask(ping);
  expect(connection.place).toBe(`http://127.0.0.1:${port}`);
  expect(machine.exchanges).toEqual(['GET /v2/ not TLS', 'GET /v2/ 200', 'GET /v2/ 200']);
  server.close();
});

test('a host that is a mirror is told apart from the registry that it is too', async () => {
  await using machine = registriesOf();
  const {endpoints} = await machine.client.route('r.example', 'pull');
  const [registry] = endpoints;
  const mirror = machine.client.connect({...registry!, role: 'mirror'});
  expect(mirror.endpoint.role).toBe('mirror');
  expect(machine.client.connect(registry!).endpoint.role).toBe('registry');
  expect(machine.client.connect(registry!)).toBe(machine.client.connect(registry!));
});

test('a host that once spoke TLS is not asked over http, whatever it answers later', async () => {
  await using folder = temporaryFolder();
  const {cert, key} = new Authority(folder.path).sign('127.0.0.1');
  const secure = createSecureServer({cert, key}, (_, response) => {
    response.setHeader('connection', 'close').end('{}');
  }).listen(0, '127.0.0.1');
  await once(secure, 'listening');
  const {port} = secure.address() as AddressInfo;
  await using machine = registriesOf({retry});
  const connection = await machine.client.registry({domain: `127.0.0.1:${port}`});
  await connection.ask(ping);
  secure.close();
  secure.closeAllConnections();
  await once(secure, 'close');
  const plain = createServer((_, response) => response.end('{}')).listen(port, '127.0.0.1');
  await once(plain, 'listening');
  await expect(connection.ask(ping)).rejects.toMatchObject({code: 'E_CONNECTION'});
  expect(connection.place).toBe(`https://127.0.0.1:${port}`);
  plain.close();
});

test('an answer that nobody reads is not read for ever', async () => {
  await using server = await serve((_, response) => {
    const write = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    };
    response.on('drain', write);
    write();
  });
  await using machine = registriesOf({retry});
  const connection = await machine.client.registry({domain: server.url.host});
  await expect(connection.ask(ping)).rejects.toMatchObject({code: 'E_BODY_TOO_LARGE'});
});
