/** Clients that mean harm, or are many: paths, endless heads, slow heads, lying lengths, 200 at once. */
import {randomBytes} from 'node:crypto';
import {closeSync, existsSync, fstatSync, openSync, readdirSync, statSync} from 'node:fs';
import {connect, type Socket} from 'node:net';
import {join} from 'node:path';
import {setImmediate as nextTurn} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {digestOf} from '../../src/oci/digest.js';
import {pushImage, type RawRegistry, rawRegistry} from '../helpers/raw-registry.js';

const open = ({registry}: RawRegistry): Socket => {
  const [host = '', port] = registry.address.split(':');
  return connect(Number(port), host).setEncoding('latin1');
};

/** All that comes back until the connection ends. */
function said(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => undefined);
  return new Promise((resolve) => socket.once('close', () => resolve(text)));
}

const head = (line: string, ...headers: readonly string[]): string =>
  [`${line} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers, '', ''].join('\r\n');

async function raw(at: RawRegistry, text: string): Promise<string> {
  const socket = open(at);
  const answer = said(socket);
  socket.end(text);
  return answer;
}

test.each([
  {path: '/v2/../../../etc/passwd', status: 404},
  {path: '/v2/%2e%2e/%2e%2e/blobs/uploads/', status: 405},
  {path: '/v2/../blobs/sha256:x', status: 400},
  {path: '/v2/a/../b/tags/list', status: 400},
  {path: '/v2/a//b/tags/list', status: 400},
  {path: '/v2//tags/list', status: 404},
  {path: '/v2/a%00b/tags/list', status: 400},
  {path: '/v2/a%2Fb/tags/list', status: 404},
  {path: '/v2/a+b/tags/list', status: 400},
  {path: '/v2/.a/tags/list', status: 400},
  {path: '/v2/a%0d%0aSet-Cookie:x/tags/list', status: 400},
  {path: `/v2/${'a'.repeat(256)}/tags/list`, status: 400},
  {path: `/v2/${'a/'.repeat(127)}a/tags/list`, status: 404},
  {path: `/v2/${'a-'.repeat(5000)}!/tags/list`, status: 400},
  {path: '/v2/%zz/tags/list', status: 400},
  {path: '/v2/%ff/tags/list', status: 400},
  {path: '/v2/_/tags/list', status: 400},
  {path: '/', status: 404},
  {path: '*', status: 404},
  {path: 'http://elsewhere/v2/', status: 404},
])('GET $path is answered with $status, and nothing is made of it', async ({path, status}) => {
  await using at = await rawRegistry();
  const answer = await raw(at, head(`GET ${path}`));
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(answer).not.toMatch(/^set-cookie/im);
  expect(readdirSync(join(at.registry.data, 'repositories'))).toEqual([]);
});

test.each([
  {name: 'a head of 100 kB', text: head('GET /v2/', `X: ${'x'.repeat(100_000)}`), status: 431},
  {
    name: 'ten thousand headers',
    text: head('GET /v2/', ...Array.from({length: 10_000}, (_, n) => `X${n}: x`)),
    status: 431,
  },
  {name: 'no HTTP', text: 'hello\r\n\r\n', status: 400},
  {
    name: 'two lengths',
    text: head('PUT /v2/a/manifests/b', 'Content-Length: 1', 'Content-Length: 2'),
    status: 400,
  },
  {
    name: 'a length and chunks',
    text: head('PUT /v2/a/manifests/b', 'Content-Length: 1', 'Transfer-Encoding: chunked'),
    status: 400,
  },
  {name: 'no host', text: 'GET /v2/ HTTP/1.1\r\n\r\n', status: 400},
])('$name: $status, and the next client is served', async ({text, status}) => {
  await using at = await rawRegistry();
  expect(await raw(at, text)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect((await at.request('GET', '/')).status).toBe(200);
});

test('who sends a body that was refused comes to read why', async () => {
  await using at = await rawRegistry({blobLimit: 1000});
  const {headers} = await at.request('POST', '/app/blobs/uploads/');
  const socket = open(at);
  const answer = said(socket);
  socket.write(head(`PATCH ${headers.get('location')}`, 'Transfer-Encoding: chunked'));
  const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
  for (let count = 0; count < 200; count++) socket.write(chunk);
  socket.end('0\r\n\r\n');
  const text = await answer;
  expect(text).toMatch(/^HTTP\/1.1 413 /);
  expect(text).toContain('SIZE_INVALID');
  expect(
    (await at.request('GET', headers.get('location')?.slice(3) ?? '')).headers.get('range'),
  ).toBe('0-0');
});

test('nobody sends a body before he is told that he may', async () => {
  await using at = await rawRegistry({readOnly: true});
  const continued = head(
    'POST /v2/app/blobs/uploads/',
    'Content-Length: 9',
    'Expect: 100-continue',
  );
  expect(await raw(at, continued)).toMatch(/^HTTP\/1.1 405 /);
  await using writable = await rawRegistry();
  const path = `/v2/app/blobs/uploads/?digest=${digestOf('x')}`;
  const socket = open(writable);
  const answer = said(socket);
  socket.write(head(`POST ${path}`, 'Content-Length: 1', 'Expect: 100-continue'));
  socket.once('data', () => socket.write('x'));
  expect(await answer).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 201 /);
});

test('heads that never end do not keep others out', async () => {
  await using at = await rawRegistry();
  const slow = Array.from({length: 100}, () => open(at));
  for (const socket of slow) socket.on('error', () => undefined).write('GET /v2/ HTTP/1.1\r\nX: ');
  await pushImage(at, 'app', 'v1');
  expect((await at.request('GET', '/app/manifests/v1')).status).toBe(200);
  for (const socket of slow) socket.destroy();
});

test('200 clients at once push what is theirs and what is all of theirs', async () => {
  await using at = await rawRegistry();
  const shared = randomBytes(300_000);
  const client = async (number: number) => {
    const name = `team/app${number % 20}`;
    await at.pushBlob(name, shared);
    return pushImage(at, name, `v${number}`);
  };
  const images = await Promise.all(Array.from({length: 200}, (_, number) => client(number)));
  for (const [number, {digest}] of images.entries()) {
    const got = await at.request('GET', `/team/app${number % 20}/manifests/v${number}`);
    expect(digestOf(got.body)).toBe(digest);
  }
  const pool = join(at.registry.data, 'blobs/sha256');
  expect(statSync(join(pool, digestOf(shared).slice('sha256:'.length))).nlink).toBe(21);
  expect(
    readdirSync(join(at.registry.data, 'uploads')).flatMap((folder) =>
      readdirSync(join(at.registry.data, 'uploads', folder)),
    ),
  ).toEqual([]);
});

test('a client that comes back goes on with its upload, and its old connection is over', async () => {
  await using at = await rawRegistry();
  const data = randomBytes(100_000);
  const {headers} = await at.request('POST', '/app/blobs/uploads/');
  const location = headers.get('location') ?? '';
  const old = open(at);
  const oldAnswer = said(old);
  old.write(head(`PATCH ${location}`, `Content-Length: ${data.length}`));
  old.write(data.subarray(0, 40_000));
  const status = () => at.request('GET', location.slice(3));
  while ((await status()).headers.get('range') !== '0-39999') await new Promise(setImmediate);
  const rest = {body: data.subarray(40_000), headers: {'Content-Range': '40000-99999'}};
  const done = await at.request('PUT', `${location.slice(3)}?digest=${digestOf(data)}`, rest);
  expect(done.status).toBe(201);
  expect(await oldAnswer).toBe('');
});

test('running requests are finished, and nobody else is let in', async () => {
  const at = await rawRegistry();
  const data = randomBytes(50_000);
  const socket = open(at);
  const answer = said(socket);
  const path = `/v2/app/blobs/uploads/?digest=${digestOf(data)}`;
  socket.write(head(`POST ${path}`, `Content-Length: ${data.length}`));
  socket.write(data.subarray(0, 10));
  const uploads = join(at.registry.data, 'uploads/app');
  while (!existsSync(uploads) || readdirSync(uploads).length === 0) await new Promise(setImmediate);
  const closing = at.registry.close();
  await expect(fetch(`${at.registry.url}/v2/`)).rejects.toThrow();
  socket.write(data.subarray(10));
  expect(await answer).toMatch(/^HTTP\/1.1 201 /);
  await closing;
});

test('clients that leave in the middle of a blob close no file but their own', async () => {
  await using at = await rawRegistry();
  const digest = await at.pushBlob('app', randomBytes(8_000_000));
  const opened: number[] = [];
  for (let round = 0; round < 40; round++) {
    const socket = open(at);
    const left = said(socket);
    socket.once('data', () => socket.destroy());
    socket.write(head(`GET /v2/app/blobs/${digest}`));
    await left;
    // Whoever opens a file now may get the number of the blob's.
    for (let turn = 0; turn < 20; turn++) {
      opened.push(openSync('/dev/null', 'r'));
      await nextTurn();
    }
  }
  // One that was closed behind our back was given out again, or is closed still.
  const files = new Set(opened);
  const closed = [...files].filter((file) => !isOpen(file));
  for (const file of files) if (isOpen(file)) closeSync(file);
  expect({files: files.size, closed}).toEqual({files: opened.length, closed: []});
});

function isOpen(file: number): boolean {
  try {
    return fstatSync(file).isCharacterDevice();
  } catch {
    return false;
  }
}
