import {createServer} from 'node:net';
import {expect, test} from 'vitest';
import {readBody} from '../../src/http/body.js';
import {isChecksum} from '../../src/http/checksum.js';
import {type Exchange, HttpClient} from '../../src/http/http-client.js';
import {withIntegrity} from '../../src/http/integrity.js';
import {maskedURL} from '../../src/http/masked.js';
import {systemRoots} from '../../src/http/trust.js';
import {Authority} from '../helpers/certificates.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {serve} from './http-server.js';

const open = (options: {silence?: number; connectTimeout?: number; roots?: string[]} = {}) => {
  const exchanges: Exchange[] = [];
  const client = new HttpClient({
    userAgent: 'tsbuild/test',
    onExchange: (exchange) => exchanges.push(exchange),
    ...options,
    roots: () => options.roots ?? [],
  });
  return {client, exchanges, [Symbol.dispose]: () => client[Symbol.dispose]()};
};

const text = async ({body}: {body: AsyncIterable<Uint8Array>}): Promise<string> =>
  (await readBody(body, {limit: 1e6, what: 'answer'})).toString();

test('a redirect to another host goes without who asks', async () => {
  await using other = await serve((_, response) => response.end('there'));
  await using first = await serve(({url}, response) => {
    const location = url === '/far' ? other.url.href : '/near';
    if (url === '/near') response.end('here');
    else response.writeHead(307, {location}).end();
  });
  using http = open();
  const headers = {Authorization: 'Basic c2VjcmV0', cookie: 'a=b', Accept: 'text/plain'};
  expect(await text(await http.client.send({url: new URL('/far', first.url), headers}))).toBe(
    'there',
  );
  expect(await text(await http.client.send({url: new URL('/hop', first.url), headers}))).toBe(
    'here',
  );
  expect(other.requests[0]?.headers).toMatchObject({accept: 'text/plain'});
  expect(other.requests[0]?.headers).not.toHaveProperty('authorization');
  expect(other.requests[0]?.headers).not.toHaveProperty('cookie');
  expect(first.requests.at(-1)).toMatchObject({
    url: '/near',
    headers: {authorization: 'Basic c2VjcmV0'},
  });
});

test.each([
  {name: 'no address', location: 'http://'},
  {name: 'another protocol', location: 'file:///etc/passwd'},
  {name: 'itself for ever', location: '/'},
])('a redirect to $name is refused', async ({location}) => {
  await using server = await serve((_, response) => response.writeHead(302, {location}).end());
  using http = open();
  await expect(http.client.send({url: server.url})).rejects.toMatchObject({code: 'E_REDIRECT'});
});

test('a body that was streamed is not sent twice', async () => {
  await using server = await serve((request, response) => {
    request.resume().on('end', () => response.writeHead(307, {location: '/other'}).end());
  });
  using http = open();
  const body = async function* () {
    yield Buffer.from('once');
  };
  const {status} = await http.client.send({url: server.url, method: 'PUT', body: body()});
  expect(status).toBe(307);
  expect(server.requests).toHaveLength(1);
});

test('bytes come as they are, though they are called compressed', async () => {
  await using server = await serve((_, response) =>
    response.writeHead(200, {'content-encoding': 'gzip'}).end('plain'),
  );
  using http = open();
  expect(await text(await http.client.send({url: server.url}))).toBe('plain');
});

test.each([
  {name: 'a server that cuts the body short', failure: 'reset', head: 'content-length: 100\r\n'},
  {name: 'a server that falls silent in a body', failure: 'timeout', head: 'content-length: 9\r\n'},
])('$name is told from one that ended', async ({failure, head}) => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).write(`HTTP/1.1 200 OK\r\n${head}\r\nsome`);
    if (failure === 'reset') setTimeout(() => socket.destroy(), 50);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address() as {port: number};
  using http = open({silence: 200});
  const url = new URL(`http://127.0.0.1:${port}/?signature=hidden`);
  const broken = await text(await http.client.send({url})).catch((error: unknown) => error);
  expect(broken).toMatchObject({code: 'E_CONNECTION', failure});
  expect(String(broken)).not.toContain('hidden');
  server.close();
});

test.each([
  {name: 'nobody listens', address: 'http://127.0.0.1:1/?signature=hidden', failure: 'refused'},
  {
    name: 'the name is unknown',
    address: 'http://nowhere.invalid/?signature=hidden',
    failure: /unknown name|unreach/,
  },
])('says that $name, and not what the address is signed with', async ({address, failure}) => {
  using http = open();
  const refused = await http.client.send({url: new URL(address)}).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    code: 'E_CONNECTION',
    failure: expect.stringMatching(failure),
  });
  expect(String(refused)).not.toContain('hidden');
});

test('a server that accepts a connection and shakes no hands is given up', async () => {
  const server = createServer(() => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const {port} = server.address() as {port: number};
  using http = open({connectTimeout: 200});
  await expect(
    http.client.send({url: new URL(`https://127.0.0.1:${port}/`)}),
  ).rejects.toMatchObject({code: 'E_CONNECTION', failure: 'timeout'});
  server.close();
});

test('a server that takes a request and says nothing is given up', async () => {
  await using server = await serve(() => undefined);
  using http = open({silence: 200});
  await expect(http.client.send({url: server.url})).rejects.toMatchObject({failure: 'timeout'});
});

test('a certificate is believed by its authority, by its name, or because nobody asks', async () => {
  await using folder = temporaryFolder();
  const authority = new Authority(folder.path);
  const {cert, key} = authority.sign('127.0.0.1');
  await using server = await serve((_, response) => response.end('ok'), {tls: {cert, key}});
  const ca = authority.certificate.cert;
  using http = open();
  const ask = (trust?: {verify: boolean; authorities?: string[]}, url = server.url) =>
    http.client.send({url, ...(trust === undefined ? {} : {trust})}).then(text);
  await expect(ask()).rejects.toMatchObject({failure: 'bad certificate'});
  expect(await ask({verify: true, authorities: [ca]})).toBe('ok');
  expect(await ask({verify: false})).toBe('ok');
  const byName = new URL(server.url.href.replace('127.0.0.1', 'localhost'));
  await expect(ask({verify: true, authorities: [ca]}, byName)).rejects.toMatchObject({
    failure: 'bad certificate',
  });
  const {certPath} = authority.certificate;
  using rooted = open({roots: [...systemRoots({extra: certPath})]});
  expect(systemRoots({bundle: certPath})).toContain(ca);
  expect(systemRoots({bundle: `${certPath}.not`})).not.toContain(ca);
  expect(await text(await rooted.client.send({url: server.url}))).toBe('ok');
});

test('a client shows its certificate where one is wanted', async () => {
  await using folder = temporaryFolder();
  const authority = new Authority(folder.path);
  const {cert, key} = authority.sign('127.0.0.1');
  const ca = authority.certificate.cert;
  const tls = {cert, key, ca, requestCert: true, rejectUnauthorized: true};
  await using server = await serve((_, response) => response.end('known'), {tls});
  using http = open();
  const trust = {verify: true, authorities: [ca]};
  await expect(http.client.send({url: server.url, trust})).rejects.toMatchObject({
    code: 'E_CONNECTION',
  });
  const identities = [authority.sign('somebody')];
  const answer = await http.client.send({url: server.url, trust: {...trust, identities}});
  expect(await text(answer)).toBe('known');
});

test.each([
  {name: 'http on a port that speaks TLS', tls: true, scheme: 'http:'},
  {name: 'https on a port that does not', tls: false, scheme: 'https:'},
])('$name is told apart', async ({tls, scheme}) => {
  await using folder = temporaryFolder();
  const {cert, key} = new Authority(folder.path).sign('127.0.0.1');
  await using server = await serve((_, response) => response.end(), tls ? {tls: {cert, key}} : {});
  const url = new URL(server.url.href.replace(/^https?:/, scheme));
  using http = open();
  await expect(http.client.send({url})).rejects.toMatchObject({
    code: 'E_CONNECTION',
    failure: tls ? 'reset' : 'not TLS',
  });
});

test('an abort ends the wait with its reason', async () => {
  await using server = await serve(() => undefined);
  using http = open();
  const abort = new AbortController();
  setTimeout(() => abort.abort(new Error('enough')), 50);
  await expect(http.client.send({url: server.url, signal: abort.signal})).rejects.toThrow('enough');
});

test('every exchange is told, and of an address nothing that is secret', async () => {
  await using server = await serve((_, response) => response.writeHead(404).end());
  using http = open();
  const url = new URL('/x?sig=abc&sig=def', server.url);
  url.username = 'me';
  url.password = 'secret';
  const refused = await http.client.fetch({url}).catch((error: unknown) => error);
  expect(refused).toMatchObject({code: 'E_HTTP_STATUS', status: 404, transient: false});
  expect((refused as Error).message).not.toMatch(/secret|abc/);
  expect(server.requests[0]?.headers.authorization).toBe(`Basic ${btoa('me:secret')}`);
  expect(maskedURL(url)).toBe(`${server.url.origin}/x?sig=…`);
  expect(http.exchanges).toMatchObject([{method: 'GET', outcome: 404}]);
});

test('a body larger than its limit, or not of its digest, is refused', async () => {
  await using server = await serve((_, response) => response.end('hello'));
  using http = open();
  const body = async () => (await http.client.fetch({url: server.url})).body;
  await expect(readBody(await body(), {limit: 4, what: 'x'})).rejects.toMatchObject({
    code: 'E_BODY_TOO_LARGE',
  });
  const sha256 = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824';
  const read = async (want: string) =>
    (await readBody(withIntegrity(await body(), want, 'x'), {limit: 10, what: 'x'})).toString();
  expect(await read(`sha256:${sha256}`)).toBe('hello');
  await expect(read(`sha512:${'0'.repeat(128)}`)).rejects.toMatchObject({code: 'E_INTEGRITY'});
});

test.each([
  {text: `sha256:${'a'.repeat(64)}`, is: true},
  {text: `sha384:${'0'.repeat(96)}`, is: true},
  {text: `sha256:${'A'.repeat(64)}`, is: false},
  {text: `sha512:${'0'.repeat(64)}`, is: false},
  {text: `md5:${'0'.repeat(32)}`, is: false},
])('$text is a checksum: $is', ({text, is}) => {
  expect(isChecksum(text)).toBe(is);
});
