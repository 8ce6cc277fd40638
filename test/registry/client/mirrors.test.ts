/** Endpoints in order: what is skipped and told, what is an answer, and that nothing wrong gets through. */
import {createServer} from 'node:net';
import {expect, test} from 'vitest';
import {isBranch} from '../../../src/content/children.js';
import {verified} from '../../../src/content/verify.js';
import type {Descriptor} from '../../../src/oci/descriptor.js';
import {parseReference} from '../../../src/oci/reference.js';
import {memoryImage} from '../../helpers/memory-image.js';
import {type RawRegistry, rawRegistry} from '../../helpers/raw-registry.js';
import {type Registries, registriesOf} from '../../helpers/registries.js';
import {serve} from '../../http/http-server.js';
import {holds, pull, push} from './moved.js';

/** Above what a faulty registry lets through at once. */
const image = memoryImage([1000, 700_000]);

/** A registry with the image in it, as Docker Hub's app:v1 is at a mirror, that fails as told when it is pulled. */
async function mirror(...faults: readonly string[]): Promise<RawRegistry> {
  const at = await rawRegistry({faults});
  await using machine = registriesOf();
  await push(machine.client, `${at.registry.address}/library/app:v1`, image);
  return at;
}

/** A registry without anything in it. */
const empty = (): Promise<RawRegistry> => rawRegistry();

/** A port where connections are taken and nobody says anything. */
async function silence(): Promise<AsyncDisposable & {url: string}> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const {port} = server.address() as import('node:net').AddressInfo;
  return {
    // The handshake never comes.
    url: `https://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => void server.close(),
  };
}

/** docker.io by these mirrors, and not by itself. */
const mirrored = (...mirrors: readonly string[]): Registries =>
  registriesOf({
    daemon: {'registry-mirrors': mirrors},
    policy: {registries: {'docker.io': {fallback: 'never'}}},
  });

const urlOf = ({registry}: RawRegistry): string => registry.url;
const skips = ({notices}: Registries) => notices.filter(({kind}) => kind === 'skipped');

test.each([
  {name: 'answers everything with 500', faults: ['GET: 500', 'HEAD manifests: 500']},
  {
    name: 'answers everything with 429',
    faults: ['GET: 429, retry after 60', 'HEAD manifests: 429'],
  },
  {name: 'gives wrong layers', faults: ['GET blobs: wrong']},
  {name: 'gives wrong manifests', faults: ['GET manifests: wrong']},
  {name: 'ends connections at once', faults: ['GET blobs: cut 0B']},
  {name: 'answers blobs with 404', faults: ['GET blobs: 404']},
])(
  'a mirror that $name is passed over with a line, and the next one gives the image',
  async ({faults}) => {
    await using bad = await mirror(...faults);
    await using good = await mirror();
    await using machine = mirrored(urlOf(bad), urlOf(good));
    const {content} = await pull(machine.client, 'app:v1');
    expect(await holds(content, image)).toBe(true);
    expect(skips(machine)).toEqual([
      {kind: 'skipped', place: urlOf(bad), reason: expect.any(String)},
    ]);
    // It was not waited for, however long it wanted: a wait is told as a retry.
    expect(machine.notices.filter(({kind}) => kind === 'retry')).toEqual([]);
  },
);

test.each(['text/html', 'application/vnd.oci.image.manifest.v1+json'])(
  'a mirror that gives a web page for a manifest, called %s, is passed over',
  async (type) => {
    await using page = await serve((_, response) => {
      response.writeHead(200, {'content-type': type}).end('<html></html>');
    });
    await using good = await mirror();
    await using machine = mirrored(String(page.url), urlOf(good));
    expect(await holds((await pull(machine.client, 'app:v1')).content, image)).toBe(true);
    expect(skips(machine)).toMatchObject([{reason: expect.stringContaining(`got ${type}`)}]);
  },
);

test('a mirror that lacks the image, one that is silent and one that is not there are passed over', async () => {
  await using nothing = await empty();
  await using silent = await silence();
  await using good = await mirror();
  const gone = await empty();
  await gone[Symbol.asyncDispose]();
  const order = [urlOf(nothing), silent.url, urlOf(gone), urlOf(good)];
  await using machine = mirrored(...order);
  expect(await holds((await pull(machine.client, 'app:v1')).content, image)).toBe(true);
  expect(skips(machine).map((each) => 'place' in each && each.place)).toEqual(order.slice(0, 3));
});

test('a mirror that cuts every 100 kB is read on from where it cut', async () => {
  await using cutting = await mirror('GET blobs: cut 100kB');
  await using machine = mirrored(urlOf(cutting));
  expect(await holds((await pull(machine.client, 'app:v1')).content, image)).toBe(true);
  expect(machine.exchanges.filter((each) => each.endsWith(' 206'))).toHaveLength(6);
  expect(machine.notices).toEqual([]);
});

test('a layer is checked as it comes, and not again where it goes', async () => {
  await using at = await mirror();
  await using machine = mirrored(urlOf(at));
  const source = await machine.client.pulling(parseReference('app:v1'));
  const checked: boolean[] = [];
  const push = async (target: Descriptor, bytes: AsyncIterable<Uint8Array>): Promise<void> => {
    if (!isBranch(target)) checked.push(verified(bytes, target) === bytes);
    for await (const _ of bytes);
  };
  await source.copyTo({exists: async () => false, push}, image.manifest);
  expect(checked).toEqual([true, true, true]);
});

test('what one endpoint began another one finishes; when the whole is wrong the honest one is read alone', async () => {
  await using cut = await mirror('GET blobs: cut 300kB, 1 time', 'GET blobs: 500');
  await using good = await mirror();
  await using machine = mirrored(urlOf(cut), urlOf(good));
  expect(await holds((await pull(machine.client, 'app:v1')).content, image)).toBe(true);

  await using liar = await mirror('GET blobs: wrong, 1 time', 'GET blobs: 500');
  await using other = await mirror();
  await using again = mirrored(urlOf(liar), urlOf(other));
  expect(await holds((await pull(again.client, 'app:v1')).content, image)).toBe(true);
});

test.each([
  {
    name: 'wrong bytes everywhere',
    faults: ['GET blobs: wrong'],
    error: {code: 'E_DIGEST_MISMATCH', message: expect.stringContaining('want sha256:')},
  },
  {
    name: 'wrong manifests everywhere',
    faults: ['GET manifests: wrong'],
    error: {code: 'E_NO_ENDPOINT', message: expect.stringMatching(/bad answer|digest mismatch/)},
  },
  {
    name: '500 everywhere',
    faults: ['GET: 500', 'HEAD manifests: 500'],
    error: {code: 'E_NO_ENDPOINT', message: expect.stringContaining('answered 500')},
  },
])('$name: an error that says why, and each place that was asked', async ({faults, error}) => {
  await using first = await mirror(...faults);
  await using second = await mirror(...faults);
  await using machine = mirrored(urlOf(first), urlOf(second));
  const thrown = await pull(machine.client, 'app:v1').catch((each: unknown) => each);
  expect(thrown).toMatchObject(error);
  const told = `${(thrown as Error).message} ${JSON.stringify(machine.notices)}`;
  expect(told).toContain(urlOf(first));
  expect(told).toContain(urlOf(second));
});

test('the policy is named when it keeps the registry itself out', async () => {
  await using nothing = await empty();
  await using machine = mirrored(urlOf(nothing));
  await expect(pull(machine.client, 'app:v1')).rejects.toMatchObject({
    code: 'E_NO_ENDPOINT',
    message: expect.stringMatching(/registries\.json says fallback: never/),
  });
  await using none = registriesOf({policy: {registries: {'docker.io': {fallback: 'never'}}}});
  await expect(pull(none.client, 'app')).rejects.toMatchObject({code: 'E_NO_ENDPOINT'});
});

test('mirrors are for Docker Hub alone: another host is asked itself', async () => {
  const asked: string[] = [];
  await using spy = await serve((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(404).end();
  });
  await using at = await mirror();
  await using machine = mirrored(String(spy.url));
  const name = `${at.registry.address}/library/app:v1`;
  expect(await holds((await pull(machine.client, name)).content, image)).toBe(true);
  expect(asked).toEqual([]);
});

test('what is not there is told as docker tells it, with the place that said so', async () => {
  await using at = await mirror();
  await using machine = registriesOf();
  const {address, url} = at.registry;
  for (const name of ['library/app:v9', 'none/at/all']) {
    await expect(pull(machine.client, `${address}/${name}`)).rejects.toMatchObject({
      code: 'E_MANIFEST_UNKNOWN',
      message: expect.stringMatching(new RegExp(`^manifest for .* not found: .*${url}`)),
    });
  }
  const problem = {errors: [{code: 'NAME_UNKNOWN', message: 'no such name'}]};
  await using other = await serve((_, response) => {
    response.writeHead(404).end(JSON.stringify(problem));
  });
  await expect(pull(machine.client, `${other.url.host}/app`)).rejects.toMatchObject({
    code: 'E_PULL_ACCESS_DENIED',
    message: expect.stringMatching(/^pull access denied for .*NAME_UNKNOWN: no such name/),
  });
});

test.each([
  {name: 'an artifact', type: 'application/x-artifact', body: '{"schemaVersion": 2}'},
  {
    name: "docker's schema 1",
    type: 'application/vnd.docker.distribution.manifest.v1+prettyjws',
    body: '{"schemaVersion": 1}',
  },
])('$name where an image is wanted ends the search', async ({type, body}) => {
  await using odd = await serve((_, response) => {
    response.writeHead(200, {'content-type': type}).end(body);
  });
  await using good = await mirror();
  await using machine = mirrored(String(odd.url), urlOf(good));
  await expect(pull(machine.client, 'app:v1')).rejects.toMatchObject({
    code: 'E_NOT_AN_IMAGE',
    message: expect.stringContaining(type),
  });
  expect(machine.notices).toEqual([]);
});

test('a server that gives all JSON one type is understood by what the document says', async () => {
  await using at = await mirror();
  const document = await at.request('GET', '/library/app/manifests/v1');
  await using plain = await serve((_, response) => {
    response.writeHead(200, {'content-type': 'application/json'}).end(document.body);
  });
  await using machine = mirrored(String(plain.url));
  const source = await machine.client.pulling(parseReference('app:v1'));
  expect((await source.resolve()).target).toEqual(image.manifest);
});

test('429 is waited for as long as it says, 500 for a while, 404 not at all', async () => {
  await using busy = await mirror(
    'HEAD manifests: 429, 1 time, retry after 0',
    'GET blobs: 500, 2 times',
  );
  await using machine = registriesOf();
  const name = `${busy.registry.address}/library/app`;
  expect(await holds((await pull(machine.client, `${name}:v1`)).content, image)).toBe(true);
  const retries = machine.notices.filter(({kind}) => kind === 'retry');
  expect(retries).toHaveLength(3);
  await expect(pull(machine.client, `${name}:v9`)).rejects.toMatchObject({
    code: 'E_MANIFEST_UNKNOWN',
  });
  expect(machine.notices.filter(({kind}) => kind === 'retry')).toEqual(retries);
});

test('offline nothing is asked', async () => {
  await using at = await mirror();
  await using machine = registriesOf({offline: true});
  await expect(pull(machine.client, `${at.registry.address}/library/app:v1`)).rejects.toMatchObject(
    {
      code: 'E_OFFLINE',
      message: expect.stringContaining('library/app:v1'),
    },
  );
  expect(machine.exchanges).toEqual([]);
});

test('who gives up ends a pull at once', async () => {
  await using slow = await mirror('GET blobs: slow 1kB');
  const giveUp = new AbortController();
  await using machine = registriesOf({signal: giveUp.signal});
  const pulling = pull(machine.client, `${slow.registry.address}/library/app:v1`);
  setTimeout(() => giveUp.abort(new Error('enough')), 200);
  await expect(pulling).rejects.toThrow('enough');
});
