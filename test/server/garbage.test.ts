/** Garbage collection while the registry serves. */
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import type {RegistryRequest} from '../../src/app/registry/serve-registry.js';
import {MediaType} from '../../src/oci/media-type.js';
import {pushImage, type RawRegistry, rawRegistry} from '../helpers/raw-registry.js';

const never = 10 ** 9;
const at = (garbage: RegistryRequest['garbage']) =>
  rawRegistry({garbage: {every: 0, grace: -1000, uploadAge: never, ...garbage}});

const files = ({registry}: RawRegistry): readonly string[] =>
  readdirSync(join(registry.data, 'blobs/sha256'));

test('what was pushed a moment ago, or asked for, is in no danger: a push may be under way', async () => {
  await using server = await at({grace: never});
  const digest = await server.pushBlob('app', Buffer.from('layer'));
  expect(await server.registry.collectGarbage()).toMatchObject({blobs: 0, manifests: 0});
  expect((await server.request('HEAD', `/app/blobs/${digest}`)).status).toBe(200);
});

test('a blob that no manifest mentions goes, a repository with nothing in it too', async () => {
  await using server = await at({});
  await server.pushBlob('app', Buffer.from('layer'));
  expect(await server.registry.collectGarbage()).toMatchObject({blobs: 1, bytes: 5});
  expect(files(server)).toEqual([]);
  expect((await server.request('GET', '/_catalog')).json()).toEqual({repositories: []});
});

test('what one repository drops stays for another', async () => {
  await using server = await at({});
  const {layers} = await pushImage(server, 'kept', 'v1');
  const [layer] = layers;
  await server.request('POST', `/other/blobs/uploads/?mount=${layer}&from=kept`);
  await server.registry.collectGarbage();
  expect((await server.request('HEAD', `/other/blobs/${layer}`)).status).toBe(404);
  expect((await server.request('HEAD', `/kept/blobs/${layer}`)).status).toBe(200);
});

test('images stay whole, tagged or not', async () => {
  await using server = await at({});
  const first = await pushImage(server, 'app', 'latest');
  await pushImage(server, 'app', 'latest');
  const before = files(server);
  expect(await server.registry.collectGarbage()).toMatchObject({blobs: 0, manifests: 0, bytes: 0});
  expect(files(server)).toEqual(before);
  expect((await server.request('GET', `/app/manifests/${first.digest}`)).status).toBe(200);
});

test('with untagged, what tags lead to stays: through indexes, and what is about it', async () => {
  await using server = await at({untagged: true});
  const inIndex = await pushImage(server, 'app', 'child');
  const alone = await pushImage(server, 'app', 'alone');
  const descriptor = {
    mediaType: MediaType.manifest,
    digest: inIndex.digest,
    size: JSON.stringify(inIndex.manifest).length,
  };
  const subject = {subject: descriptor};
  const signature = await pushImage(server, 'app', 'signature', subject);
  const index = {schemaVersion: 2, mediaType: MediaType.index, manifests: [descriptor]};
  await server.pushManifest('app', 'multi', index);
  for (const tag of ['child', 'alone', 'signature']) {
    await server.request('DELETE', `/app/manifests/${tag}`);
  }
  expect(await server.registry.collectGarbage()).toMatchObject({manifests: 1, blobs: 2});
  for (const [image, status] of [
    [inIndex, 200],
    [signature, 200],
    [alone, 404],
  ] as const) {
    expect((await server.request('GET', `/app/manifests/${image.digest}`)).status).toBe(status);
    expect((await server.request('HEAD', `/app/blobs/${image.config}`)).status).toBe(status);
  }
});

test('uploads that nobody goes on with are given up', async () => {
  await using server = await at({uploadAge: -1000});
  const {headers} = await server.request('POST', '/app/blobs/uploads/');
  expect(await server.registry.collectGarbage()).toMatchObject({uploads: 1});
  const upload = headers.get('location')?.slice('/v2'.length) ?? '';
  expect((await server.request('GET', upload)).status).toBe(404);
  expect(readdirSync(join(server.registry.data, 'uploads'))).toEqual([]);
});
