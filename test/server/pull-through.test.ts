/** A registry that caches another: what is asked of the other, what is kept, and what clients get when the other fails. */
import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import {get, type IncomingMessage} from 'node:http';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {serveRegistry} from '../../src/app/registry/serve-registry.js';
import {digestOf} from '../../src/oci/digest.js';
import {MediaType} from '../../src/oci/media-type.js';
import {PullThrough} from '../../src/server/pull-through/pull-through.js';
import type {Upstream} from '../../src/server/pull-through/upstream.js';
import {RegistryStorage} from '../../src/server/storage/registry-storage.js';
import {dockerRegistry} from '../helpers/docker-registry.js';
import {memoryImage} from '../helpers/memory-image.js';
import {absent, pushImage, type RawRegistry, rawRegistry} from '../helpers/raw-registry.js';
import {registriesOf} from '../helpers/registries.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {verifyRegistry} from '../helpers/verify-registry.js';
import {holds, pull, push} from '../registry/client/moved.js';

const large = randomBytes(3_000_000);
const digest = digestOf(large);
const blob = `/app/blobs/${digest}`;

test('what was pulled once is served without the upstream; a tag that moved there moves here', async () => {
  await using pair = await cacheOf();
  const {upstream, cache, asked} = pair;
  const first = await pushImage(upstream, 'app', 'v1');
  expect((await cache.request('GET', '/app/manifests/v1')).body).toEqual(
    Buffer.from(JSON.stringify(first.manifest)),
  );
  await cache.request('GET', `/app/blobs/${first.config}`);
  asked.length = 0;
  await cache.request('GET', '/app/manifests/v1');
  await cache.request('GET', `/app/manifests/${first.digest}`);
  await cache.request('GET', `/app/blobs/${first.config}`);
  expect(asked).toEqual(['HEAD /v2/app/manifests/v1']);
  const second = await pushImage(upstream, 'app', 'v1');
  const moved = await cache.request('HEAD', '/app/manifests/v1');
  expect(moved.headers.get('docker-content-digest')).toBe(second.digest);
  await upstream.request('DELETE', '/app/manifests/v1');
  expect((await cache.request('GET', '/app/manifests/v1')).codes).toEqual(['MANIFEST_UNKNOWN']);
});

test('an upstream that is down: what is here is served, the rest is 502', async () => {
  await using pair = await cacheOf();
  const {upstream, cache} = pair;
  const {manifest, config, layers} = await pushImage(upstream, 'app', 'v1');
  await cache.request('GET', '/app/manifests/v1');
  await cache.request('GET', `/app/blobs/${config}`);
  await upstream.registry.close();
  const held = await cache.request('GET', '/app/manifests/v1');
  expect(held.body.toString()).toBe(JSON.stringify(manifest));
  expect((await cache.request('GET', `/app/blobs/${config}`)).status).toBe(200);
  expect((await cache.request('GET', '/app/tags/list')).json()).toEqual({
    name: 'app',
    tags: ['v1'],
  });
  for (const path of [`/app/blobs/${layers[0]}`, '/app/manifests/v2', '/other/manifests/v1']) {
    expect((await cache.request('GET', path)).status).toBe(502);
  }
});

test('40 clients at once, some for a part: one fetch, all get the right bytes', async () => {
  await using pair = await cacheOf({faults: ['GET blobs: slow 20MB']});
  const {upstream, cache, asked} = pair;
  await upstream.pushBlob('app', large);
  asked.length = 0;
  const parts = [undefined, 'bytes=2999990-', 'bytes=10-19', 'bytes=1500000-2500000'];
  const got = await Promise.all(
    Array.from({length: 40}, async (_, number) => {
      const range = parts[number % parts.length];
      return cache.request('GET', blob, range === undefined ? {} : {headers: {Range: range}});
    }),
  );
  const wanted = [
    large,
    large.subarray(2_999_990),
    large.subarray(10, 20),
    large.subarray(1_500_000, 2_500_001),
  ];
  got.forEach(({body}, number) => {
    expect(body.equals(wanted[number % wanted.length] as Buffer)).toBe(true);
  });
  // A request is told of at its end, which may come after the last client's.
  await upstream.registry.close();
  expect(asked.filter((each) => each.startsWith('GET'))).toEqual([`GET /v2${blob}`]);
});

test('wrong bytes are cut off before their end, and not kept', async () => {
  await using pair = await cacheOf({faults: ['GET blobs: wrong, 1 times']});
  const {upstream, cache} = pair;
  await upstream.pushBlob('app', large);
  await expect(cache.request('GET', blob)).rejects.toThrow();
  expect(readdirSync(join(cache.registry.data, 'blobs/sha256'))).toEqual([]);
  expect((await cache.request('GET', blob)).body.equals(large)).toBe(true);
});

test('a cut upstream is resumed, and a client that leaves does not end the fetch', async () => {
  await using pair = await cacheOf({faults: ['GET blobs: cut 1MB, 2 times']});
  const {upstream, cache} = pair;
  await upstream.pushBlob('app', large);
  const leaving = get(`${cache.registry.url}/v2${blob}`);
  const [response] = (await once(leaving, 'response')) as [IncomingMessage];
  await once(response, 'data');
  leaving.on('error', () => undefined).destroy();
  expect((await cache.request('GET', blob)).body.equals(large)).toBe(true);
});

test('an image of docker’s registry, through the cache into memory; nothing is pushed or deleted', async (context) => {
  await using folder = temporaryFolder();
  await using upstream = await dockerRegistry(context, {folder: folder.path});
  await using machine = registriesOf();
  const data = join(folder.path, 'cache');
  const registry = await serveRegistry({data, upstream: upstream.address});
  const image = memoryImage([0, 1000, 4_000_000]);
  await push(machine.client, `${upstream.address}/team/app:v1`, image);
  const name = `${registry.address}/team/app:v1`;
  for (let round = 0; round < 2; round++) {
    const pulled = await pull(machine.client, name);
    expect(pulled.target).toEqual(image.manifest);
    expect(await holds(pulled.content, image)).toBe(true);
  }
  await expect(push(machine.client, name, memoryImage())).rejects.toThrow('read-only');
  await registry.close();
  expect(verifyRegistry(data).tags).toEqual(new Map([['team/app:v1', image.manifest.digest]]));
});

test('HEAD, tags, referrers, an index and another repository are the upstream’s to answer', async () => {
  await using pair = await cacheOf();
  const {upstream, cache} = pair;
  await upstream.pushBlob('app', large);
  const {headers} = await cache.request('HEAD', blob);
  expect(headers.get('content-length')).toBe('3000000');
  await cache.request('GET', blob);
  // It is on the disk by now, but not in that repository.
  expect((await cache.request('GET', `/other/blobs/${digest}`)).codes).toEqual(['BLOB_UNKNOWN']);
  expect((await cache.request('GET', `/app/blobs/${absent}`)).codes).toEqual(['BLOB_UNKNOWN']);
  const image = await pushImage(upstream, 'app', 'v1');
  const size = JSON.stringify(image.manifest).length;
  const subject = {mediaType: MediaType.manifest, digest: image.digest, size};
  await pushImage(upstream, 'app', 'about', {subject});
  const index = {schemaVersion: 2, mediaType: MediaType.index, manifests: [subject]};
  await upstream.pushManifest('app', 'index', index);
  const lists = ['/app/tags/list', `/app/referrers/${image.digest}`];
  for (const path of lists) {
    expect((await cache.request('GET', path)).body).toEqual(
      (await upstream.request('GET', path)).body,
    );
  }
  expect((await cache.request('GET', '/app/manifests/index')).json()).toEqual(index);
  expect((await cache.request('GET', '/app/manifests/v1?ns=ghcr.io')).codes).toEqual([
    'NAME_UNKNOWN',
  ]);
  const ns = upstream.registry.address;
  expect((await cache.request('GET', `/app/manifests/v1?ns=${ns}`)).status).toBe(200);
});

test('an upstream that is silent is waited for once, then left alone for a while', async () => {
  await using folder = temporaryFolder();
  await using storage = RegistryStorage.open({root: folder.path});
  const data = Buffer.from(
    JSON.stringify({schemaVersion: 2, mediaType: MediaType.index, manifests: []}),
  );
  const target = {mediaType: MediaType.index, digest: digestOf(data), size: data.byteLength};
  let asked = 0;
  let isSilent = false;
  const answer = async <Out>(value: Out): Promise<Out> => {
    asked++;
    return isSilent ? new Promise<Out>(() => undefined) : value;
  };
  const upstream: Upstream = {
    domain: 'upstream.example',
    resolve: () => answer(target),
    manifest: () => answer(data),
    blobSize: () => answer(undefined),
    async *blob() {},
    tags: () => answer(['v1']),
    referrers: () => answer([]),
  };
  const cache = new PullThrough(storage, upstream, {patience: 20, rest: 60_000});
  await cache.freshen('app', 'v1');
  // Longer than the patience: an answer that came does not count as late afterwards.
  await sleep(40);
  await cache.freshen('app', 'v1');
  expect(asked).toBe(3);
  isSilent = true;
  for (let round = 0; round < 3; round++) await cache.freshen('app', 'v1');
  expect(await cache.tags('app')).toBeUndefined();
  expect(asked).toBe(4);
  expect(storage.repositories.find('app')?.manifest('v1')).toEqual(target);
});

interface Pair extends AsyncDisposable {
  readonly upstream: RawRegistry;
  readonly cache: RawRegistry;
  /** What the upstream was asked: `GET /v2/app/manifests/v1`. */
  readonly asked: string[];
}

async function cacheOf({faults = []}: {faults?: readonly string[]} = {}): Promise<Pair> {
  const asked: string[] = [];
  const upstream = await rawRegistry({
    faults,
    onRequest: ({method, url}) => asked.push(`${method} ${url}`),
  });
  const cache = await rawRegistry({upstream: upstream.registry.address});
  return {
    upstream,
    cache,
    asked,
    async [Symbol.asyncDispose]() {
      await cache[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

test('the way to the upstream is read again when asked for, and stays where it cannot be', async () => {
  await using first = await rawRegistry();
  await using second = await rawRegistry();
  await using folder = temporaryFolder();
  const certificates = join(folder.path, 'certs.d/r.example');
  mkdirSync(certificates, {recursive: true});
  const daemonJSON = join(folder.path, 'daemon.json');
  writeFileSync(daemonJSON, '{}');
  const leadTo = (text: string) => writeFileSync(join(certificates, 'hosts.toml'), text);
  leadTo(`server = "${first.registry.url}"\n`);
  await using cache = await serveRegistry({upstream: 'r.example', daemonJSON});
  const ask = async (tag: string) => (await fetch(`${cache.url}/v2/app/manifests/${tag}`)).status;
  await pushImage(first, 'app', 'old');
  await pushImage(second, 'app', 'new');
  expect([await ask('old'), await ask('new')]).toEqual([200, 404]);

  leadTo('server = \n');
  expect(() => cache.reload()).toThrow(expect.objectContaining({code: 'E_CONFIG_FILE'}));
  await pushImage(first, 'app', 'later');
  expect(await ask('later')).toBe(200);

  leadTo(`server = "${second.registry.url}"\n`);
  cache.reload();
  expect(await ask('new')).toBe(200);
});
