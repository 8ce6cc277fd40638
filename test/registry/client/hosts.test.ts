/** hosts.toml at work: who is asked for what, and how. */
import {mkdirSync} from 'node:fs';
import {request as ask} from 'node:http';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {Authority} from '../../helpers/certificates.js';
import {memoryImage} from '../../helpers/memory-image.js';
import {type RawRegistry, rawRegistry} from '../../helpers/raw-registry.js';
import {registriesOf} from '../../helpers/registries.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';
import {type HttpServer, serve} from '../../http/http-server.js';
import {proxyServer} from '../../http/proxy-server.js';
import {holds, pull, push} from './moved.js';

const NAME = 'r.example/app:v1';
const image = memoryImage([1000, 20_000]);

/** A registry that has the image, whatever it is called by. */
async function filled(): Promise<RawRegistry> {
  const at = await rawRegistry();
  await using machine = registriesOf();
  await push(machine.client, `${at.registry.address}/app:v1`, image);
  return at;
}

/** The same registry at another address, which hears what it is asked; its API is below `root`. */
function front({registry}: RawRegistry, root = '/v2'): Promise<HttpServer> {
  return serve((request, response) => {
    const {method, headers, url = ''} = request;
    const path = url.replace(root, '/v2');
    const onward = ask(`${registry.url}${path}`, {method, headers}, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
}

const machineWith = (hosts: string, files: Readonly<Record<string, string>> = {}) =>
  registriesOf({certificates: {'r.example': {'hosts.toml': hosts, ...files}}});

const pathsOf = ({requests}: HttpServer) => requests.map(({method, url}) => `${method} ${url}`);

test('a host that may only be pulled from gives content, and says not what a name stands for', async () => {
  await using at = await filled();
  await using mirror = await front(at);
  await using server = await front(at);
  await using machine = machineWith(
    `server = "${server.url.origin}"\n` +
      `[host."${mirror.url.origin}"]\ncapabilities = ["pull"]\n` +
      `[host."${mirror.url.origin}".header]\nx-who = ["me", "too"]\n`,
  );
  const {content} = await pull(machine.client, NAME);
  expect(await holds(content, image)).toBe(true);
  expect(pathsOf(server)).toEqual(['HEAD /v2/app/manifests/v1?ns=r.example']);
  const blobs = [image.config, ...image.layers].map(({digest}) => `blobs/${digest}`);
  const wanted = [`manifests/${image.manifest.digest}`, ...blobs].map(
    (path) => `GET /v2/app/${path}?ns=r.example`,
  );
  expect(pathsOf(mirror).sort()).toEqual(wanted.sort());
  expect(new Set(mirror.requests.map(({headers}) => headers['x-who']))).toEqual(
    new Set(['me, too']),
  );
  expect(server.requests.map(({headers}) => headers['x-who'])).toEqual([undefined]);
});

test('an API below a path of its own is found there', async () => {
  await using at = await filled();
  await using mirror = await front(at, '/api/x');
  await using machine = machineWith(`[host."${mirror.url.origin}/api/x"]\noverride_path = true\n`);
  expect(await holds((await pull(machine.client, NAME)).content, image)).toBe(true);
  expect(pathsOf(mirror).every((path) => / \/api\/x\/app\//.test(path))).toBe(true);
});

test('a certificate is checked against the authorities named, and shown the client’s', async () => {
  await using folder = temporaryFolder();
  const authority = new Authority(folder.path);
  const own = authority.sign('127.0.0.1');
  const client = authority.sign('client');
  const tls = {
    cert: own.certPath,
    key: own.keyPath,
    clientCA: authority.certificate.certPath,
  };
  await using at = await rawRegistry({tls});
  const files = {'ca.pem': authority.certificate.cert, 'both.pem': client.cert + client.key};
  const known = `server = "${at.registry.url}"\nca = "ca.pem"\nclient = ["both.pem"]\n`;
  await using machine = machineWith(known, files);
  await push(machine.client, NAME, image);
  expect(await holds((await pull(machine.client, NAME)).content, image)).toBe(true);
  mkdirSync(join(folder.path, 'other'));
  const other = new Authority(join(folder.path, 'other')).certificate.cert;
  await using stranger = machineWith(known, {...files, 'ca.pem': other});
  await expect(pull(stranger.client, NAME)).rejects.toMatchObject({code: 'E_CONNECTION'});
});

test('a host that is silent for its dial_timeout is passed over', async () => {
  const silence = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => silence.once('listening', resolve));
  const {port} = silence.address() as import('node:net').AddressInfo;
  await using at = await filled();
  await using machine = machineWith(
    `server = "${at.registry.url}"\n[host."https://127.0.0.1:${port}"]\ndial_timeout = "60ms"\n`,
  );
  expect(await holds((await pull(machine.client, NAME)).content, image)).toBe(true);
  expect(machine.notices).toMatchObject([
    {kind: 'skipped', reason: expect.stringContaining('60 ms')},
  ]);
  silence.close();
});

test('a proxy of its own is the way to a host, though it is on this machine', async () => {
  await using at = await filled();
  await using proxy = await proxyServer({to: new URL(at.registry.url)});
  await using machine = machineWith(
    `server = "http://registry.invalid:5000"\nproxy = "${proxy.url.origin}"\n`,
  );
  expect(await holds((await pull(machine.client, NAME)).content, image)).toBe(true);
  expect(proxy.asked.length).toBeGreaterThan(3);
  expect(proxy.asked.every((line) => line.includes(' http://registry.invalid:5000/v2/'))).toBe(
    true,
  );
});

test('nothing is pushed to who may only be pulled from', async () => {
  await using at = await filled();
  const pulls = 'capabilities = ["pull", "resolve"]\n';
  const host = `[host."${at.registry.url}"]\n${pulls}`;
  await using machine = machineWith(`${pulls}${host}`);
  await expect(push(machine.client, NAME, image)).rejects.toMatchObject({
    code: 'E_NOBODY_TO_PUSH_TO',
  });
  await using other = await rawRegistry();
  await using able = machineWith(`server = "${other.registry.url}"\n${host}`);
  await push(able.client, NAME, image);
  expect((await other.request('GET', '/app/tags/list')).json()).toMatchObject({tags: ['v1']});
});

test('the registry itself is its server, whoever may be pushed to', async () => {
  await using machine = machineWith(
    'server = "https://own.example"\n[host."https://other.example"]\n',
  );
  const {place} = await machine.client.registry({domain: 'r.example'});
  expect(place).toBe('https://own.example');
});
