/** Who asks: told to whom it is for, the way it wants to hear it, and to nobody else. */
import {expect, test} from 'vitest';
import {parseReference} from '../../../src/oci/reference.js';
import {memoryImage} from '../../helpers/memory-image.js';
import {rawRegistry} from '../../helpers/raw-registry.js';
import {auth, registriesOf} from '../../helpers/registries.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';
import {tokenServer} from '../../helpers/token-server.js';
import {serve} from '../../http/http-server.js';
import {holds, pull, push} from './moved.js';

type Options = Omit<Parameters<typeof tokenServer>[0], 'folder' | 'users'>;

/** A registry that wants tokens, the server that gives them, and an image in it. */
async function guarded(options: Options = {}) {
  const folder = temporaryFolder();
  const tokens = await tokenServer({folder: folder.path, users: {ada: 'secret'}, ...options});
  const at = await rawRegistry({token: tokens.token});
  const {address} = at.registry;
  const image = memoryImage([2_000_000]);
  await using ada = registriesOf({config: {auths: {[address]: auth('ada', 'secret')}}});
  if (options.refreshToken === undefined) await push(ada.client, `${address}/app:v1`, image);
  return {
    address,
    image,
    asked: tokens.asked,
    name: `${address}/app:v1`,
    async [Symbol.asyncDispose]() {
      await at[Symbol.asyncDispose]();
      await tokens[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

test('nobody in particular gets a token to pull, once for all layers', async () => {
  await using at = await guarded();
  await using machine = registriesOf();
  const before = at.asked.length;
  expect(await holds((await pull(machine.client, at.name)).content, at.image)).toBe(true);
  expect(at.asked.slice(before)).toEqual(['GET anonymous anybody repository:app:pull']);
});

test.each([
  {name: 'by POST', options: {}, how: ['POST password ada']},
  ...[400, 401, 404, 405].map((refusesPost) => ({
    name: `by GET, where a POST is answered with ${refusesPost}`,
    options: {refusesPost},
    how: ['POST refused', 'GET password ada'],
  })),
])('a password gets a token to push $name', async ({options, how}) => {
  await using at = await guarded(options);
  const [first, last] = how;
  expect(at.asked[0]?.startsWith(first as string)).toBe(true);
  expect(at.asked.at(-1)).toBe(`${last ?? first} repository:app:pull,push`);
  expect(at.asked).toHaveLength(how.length);
});

test('a token that is nearly over is replaced before it is shown', async () => {
  await using at = await guarded({lifetime: 0.001});
  // One for each request, but for those that go out together.
  expect(at.asked.length).toBeGreaterThan(4);
});

test('requests that go out together share one token', async () => {
  await using at = await guarded();
  await using machine = registriesOf();
  const connection = await machine.client.registry(parseReference(at.name));
  await connection.ask({target: '', scopes: [], what: 'ping'});
  const before = at.asked.length;
  const list = () =>
    connection.ask({target: 'app/tags/list', scopes: ['repository:app:pull'], what: 'list'});
  await Promise.all([list(), list(), list()]);
  expect(at.asked.slice(before)).toEqual(['GET anonymous anybody repository:app:pull']);
});

test('an identity token is traded in, and refused when it has expired', async () => {
  await using at = await guarded({refreshToken: 'good'});
  const identity = (identitytoken: string) =>
    registriesOf({config: {auths: {[at.address]: {...auth('ada', ''), identitytoken}}}});
  await using good = identity('good');
  await push(good.client, at.name, at.image);
  expect(at.asked).toEqual(['POST refresh refreshed repository:app:pull,push']);
  await using expired = identity('expired');
  await expect(pull(expired.client, at.name)).rejects.toMatchObject({
    code: 'E_UNAUTHORIZED',
    hint: expect.stringContaining('log in again'),
  });
});

test('a login keeps the refresh token that the server gives; without one there is none', async () => {
  const credential = {kind: 'password', username: 'ada', password: 'secret'} as const;
  const login = async (address: string, password = 'secret') => {
    await using machine = registriesOf();
    const {endpoints} = await machine.client.route(address, 'push');
    const found = {credential: {...credential, password}, source: 'test'};
    return machine.client.connect(endpoints[0]!, found).login();
  };
  await using tokens = await guarded({refreshToken: 'good'});
  expect(await login(tokens.address)).toBe('good');
  await expect(login(tokens.address, 'guess')).rejects.toMatchObject({code: 'E_UNAUTHORIZED'});
  await using plain = await guarded();
  expect(await login(plain.address)).toBeUndefined();
});

test('a bearer token of config.json is shown as it is', async () => {
  await using at = await guarded();
  await using machine = registriesOf({config: {auths: {[at.address]: {registrytoken: 'a.b.c'}}}});
  const before = at.asked.length;
  await expect(pull(machine.client, at.name)).rejects.toMatchObject({code: 'E_UNAUTHORIZED'});
  expect(at.asked.length).toBe(before);
});

test('a token that was too small is asked for with what is missing, once', async () => {
  await using at = await guarded({stingy: true});
  await using machine = registriesOf({config: {auths: {[at.address]: auth('ada', 'secret')}}});
  const connection = await machine.client.registry(parseReference(at.name));
  const ask = () =>
    connection.ask({target: 'app/tags/list', scopes: ['repository:other:pull'], what: 'list'});
  const before = at.asked.length;
  expect(await ask()).toMatchObject({status: 200});
  expect(await ask()).toMatchObject({status: 200});
  expect(at.asked.slice(before)).toEqual([
    'POST password ada repository:other:pull repository:app:pull',
  ]);
});

test.each([
  {name: 'http, where the registry itself is believed', realm: 'http://127.0.0.1:1/token'},
  {name: 'no address', realm: 'nowhere'},
  {name: 'a file', realm: 'file:///etc/passwd'},
])('a password does not go to a token server that is $name', async ({realm}) => {
  const seen: string[] = [];
  await using server = await serve((request, response) => {
    seen.push(request.headers.authorization ?? '');
    response.writeHead(401, {'www-authenticate': `Bearer realm="${realm}",service="s"`}).end();
  });
  const {host} = server.url;
  await using machine = registriesOf({config: {auths: {[host]: auth('ada', 'secret')}}});
  // Spoken to in the clear, as a registry whose certificate was checked is not.
  const [endpoint] = (await machine.client.route(host, 'pull')).endpoints;
  const connection = machine.client.connect({...endpoint!, schemes: ['http'], verify: true});
  const refused = await connection
    .ask({target: '', scopes: [], what: 'ping'})
    .catch((error: unknown) => error);
  const inTheClear = realm.startsWith('http:');
  expect(refused).toMatchObject({code: inTheClear ? 'E_CONNECTION' : 'E_TOKEN_SERVER'});
  expect(seen).toEqual(['']);
});

test('who asks is not told to where a registry sends us on', async () => {
  const heard: string[] = [];
  const hear = (request: import('node:http').IncomingMessage) =>
    heard.push(`${request.url} ${request.headers.authorization ?? 'nobody'}`);
  const blob = Buffer.from('hello');
  await using storage = await serve((request, response) => {
    hear(request);
    response.end(blob);
  });
  await using server = await serve((request, response) => {
    if (request.headers.authorization === undefined) {
      response.writeHead(401, {'www-authenticate': 'Basic realm="x"'}).end();
    } else {
      response.writeHead(307, {location: `${storage.url}blob?signature=x`}).end();
    }
  });
  const {host} = server.url;
  await using machine = registriesOf({config: {auths: {[host]: auth('ada', 'secret')}}});
  const connection = await machine.client.registry({domain: host});
  await connection.ask({target: 'app/blobs/x', scopes: [], what: 'get'});
  expect(heard).toEqual(['/blob?signature=x nobody']);
});

test('a password goes no further than to the token server that was asked', async () => {
  await using other = await serve((_, response) => response.end('{"token": "t"}'));
  await using tokens = await serve((_, response) =>
    response.writeHead(307, {location: other.url.href}).end(),
  );
  await using registry = await serve((_, response) => {
    response.setHeader('WWW-Authenticate', `Bearer realm="${tokens.url}",service="s"`);
    response.writeHead(401).end();
  });
  const {host} = registry.url;
  await using ada = registriesOf({config: {auths: {[host]: auth('ada', 'secret')}}});
  await expect(pull(ada.client, `${host}/app:v1`)).rejects.toThrow('unexpected status 307');
  expect(tokens.requests.map(({method}) => method)).toContain('POST');
  expect(other.requests).toEqual([]);
});

test('Docker Hub is told who asks, its mirrors are not; a mirror is told its own', async () => {
  const heard: string[] = [];
  await using mirror = await serve((request, response) => {
    heard.push(request.headers.authorization ?? 'nobody');
    const asked = {'www-authenticate': 'Basic realm="x"'};
    response.writeHead(request.headers.authorization ? 404 : 401, asked).end();
  });
  const {host} = mirror.url;
  const hub = {'https://index.docker.io/v1/': auth('hub', 'secret')};
  const pulling = async (auths: object) => {
    await using machine = registriesOf({
      daemon: {'registry-mirrors': [`http://${host}`]},
      policy: {registries: {'docker.io': {fallback: 'never'}}},
      config: {auths},
    });
    await expect(pull(machine.client, 'app')).rejects.toMatchObject({code: 'E_NO_ENDPOINT'});
    return heard.splice(0);
  };
  expect(new Set(await pulling(hub))).toEqual(new Set(['nobody']));
  const own = `Basic ${auth('me', 'mine').auth}`;
  expect(await pulling({...hub, [host]: auth('me', 'mine')})).toEqual(['nobody', own, own]);
});

test.each([
  {credential: {credential: 'mirror.example'}, who: 'password ada'},
  {credential: {}, who: 'anonymous anybody'},
])('a mirror of a policy is asked as $who: $credential', async ({credential, who}) => {
  await using at = await guarded();
  const mirrors = [{url: `http://${at.address}`, ...credential}];
  await using machine = registriesOf({
    policy: {registries: {'ghcr.io': {mirrors, fallback: 'never'}}},
    config: {auths: {'mirror.example': auth('ada', 'secret'), 'ghcr.io': auth('ada', 'secret')}},
  });
  const before = at.asked.length;
  await pull(machine.client, at.name.replace(at.address, 'ghcr.io'));
  expect(at.asked.slice(before)).toEqual([expect.stringContaining(`${who} repository:app:pull`)]);
});

test('no secret is in an error or a notice', async () => {
  await using at = await guarded();
  await using machine = registriesOf({config: {auths: {[at.address]: auth('ada', 'hidden-word')}}});
  const error = await pull(machine.client, at.name).catch((thrown: unknown) => thrown);
  const all = JSON.stringify([
    String(error),
    JSON.stringify(error, Object.getOwnPropertyNames(error)),
    machine.notices,
    machine.exchanges,
  ]);
  expect(all).toContain('E_UNAUTHORIZED');
  expect(all).not.toMatch(/hidden-word|aGlkZGVu|YWRhOm/);
});

test('a credential helper that is missing is told of, and anybody may still pull', async () => {
  await using at = await guarded();
  await using machine = registriesOf({config: {credsStore: 'nowhere'}});
  expect(await holds((await pull(machine.client, at.name)).content, at.image)).toBe(true);
  expect(machine.notices).toEqual([
    {kind: 'warning', warning: expect.stringContaining('docker-credential-nowhere')},
  ]);
});
