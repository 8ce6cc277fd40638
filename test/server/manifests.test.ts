/** Manifests: OCI distribution-spec v1.1.1 § Pulling, Pushing, Deleting, and what must not get in. */
import {expect, test} from 'vitest';
import {digestOf} from '../../src/oci/digest.js';
import {MediaType} from '../../src/oci/media-type.js';
import {absent, pushImage, type RawRegistry, rawRegistry} from '../helpers/raw-registry.js';

const missing = {mediaType: MediaType.layer, digest: absent, size: 3};
const emptyIndex = {schemaVersion: 2, mediaType: MediaType.index, manifests: []};

const descriptorOf = (manifest: unknown) => ({
  mediaType: MediaType.manifest,
  digest: digestOf(JSON.stringify(manifest)),
  size: JSON.stringify(manifest).length,
});

/** A manifest whose content is in `app`, with changes. */
async function manifestWith(at: RawRegistry, changes: object): Promise<object> {
  const {manifest} = await pushImage(at, 'app', 'base');
  return {...manifest, ...changes};
}

test.each([
  {name: 'no JSON', body: () => 'FROM scratch', code: 'MANIFEST_INVALID'},
  {name: 'a list', body: () => '[]', code: 'MANIFEST_INVALID'},
  {name: 'nothing', body: () => '', code: 'MANIFEST_INVALID'},
  {name: 'of schema 1', body: () => '{"schemaVersion":1,"fsLayers":[]}', code: 'MANIFEST_INVALID'},
  {name: 'an index as well', changes: {manifests: []}, code: 'MANIFEST_INVALID'},
  {
    name: 'of another media type than its Content-Type',
    changes: {mediaType: MediaType.index},
    code: 'MANIFEST_INVALID',
  },
  {
    name: 'with a layer of negative size',
    changes: {layers: [{...missing, size: -1}]},
    code: 'MANIFEST_INVALID',
  },
  {
    name: 'with a layer whose digest is a path',
    changes: {layers: [{...missing, digest: 'sha256:../../../etc/passwd'}]},
    code: 'MANIFEST_INVALID',
  },
  {name: 'without its config', changes: {config: missing}, code: 'MANIFEST_BLOB_UNKNOWN'},
  {name: 'without a layer', changes: {layers: [missing]}, code: 'MANIFEST_BLOB_UNKNOWN'},
])('a manifest that is $name is refused: $code', async ({body, changes, code}) => {
  await using at = await rawRegistry();
  const text = body?.() ?? JSON.stringify(await manifestWith(at, changes ?? {}));
  const headers = {'Content-Type': MediaType.manifest};
  const answer = await at.request('PUT', '/app/manifests/bad', {body: text, headers});
  expect(answer).toMatchObject({status: 400, codes: [code]});
  expect((await at.request('GET', '/app/manifests/bad')).status).toBe(404);
});

test('a manifest that lies about the size of a blob is refused', async () => {
  await using at = await rawRegistry();
  const {manifest} = await pushImage(at, 'app', 'base');
  const config = {...(manifest['config'] as object), size: 1};
  const answer = await at.pushManifest('app', 'bad', {...manifest, config});
  expect(answer).toMatchObject({status: 400, codes: ['SIZE_INVALID']});
});

test('content of another repository is not there', async () => {
  await using at = await rawRegistry();
  const {manifest} = await pushImage(at, 'app', 'v1');
  const answer = await at.pushManifest('other', 'v1', manifest);
  expect(answer).toMatchObject({status: 400, codes: ['MANIFEST_BLOB_UNKNOWN']});
});

test.each([
  {name: 'with its length', stream: false},
  {name: 'of unknown length', stream: true},
])('a manifest beyond 4 MiB, sent $name, is refused: 413', async ({stream}) => {
  await using at = await rawRegistry();
  const text = JSON.stringify({...emptyIndex, annotations: {a: 'a'.repeat(4 * 1024 * 1024)}});
  const body = stream ? ReadableStream.from([Buffer.from(text)]) : text;
  const headers = {'Content-Type': MediaType.index};
  const answer = await at.request('PUT', '/app/manifests/large', {body, headers});
  expect(answer).toMatchObject({status: 413, codes: ['SIZE_INVALID']});
});

test('a manifest of almost 4 MiB is taken', async () => {
  await using at = await rawRegistry();
  const large = {...emptyIndex, annotations: {a: 'a'.repeat(4_000_000)}};
  expect((await at.pushManifest('app', 'large', large)).status).toBe(201);
});

test.each([
  {name: 'a tag with a slash', reference: 'a%2Fb', status: 404, code: 'UNSUPPORTED'},
  {
    name: 'a tag that begins with a dot',
    reference: '.hidden',
    status: 400,
    code: 'MANIFEST_INVALID',
  },
  {name: 'a tag of 129 letters', reference: 'a'.repeat(129), status: 400, code: 'MANIFEST_INVALID'},
  {name: 'another digest', reference: absent, status: 400, code: 'DIGEST_INVALID'},
  {
    name: 'a digest of another algorithm',
    reference: 'md5:d41d8cd98f00b204e9800998ecf8427e',
    status: 400,
    code: 'DIGEST_INVALID',
  },
  {
    name: 'a further tag that is none',
    reference: 'ok?tag=a/../b',
    status: 400,
    code: 'MANIFEST_INVALID',
  },
])('a manifest pushed as $name is refused', async ({reference, status, code}) => {
  await using at = await rawRegistry();
  const answer = await at.pushManifest('app', reference, emptyIndex);
  expect(answer).toMatchObject({status, codes: [code]});
  expect((await at.request('GET', '/app/tags/list')).status).toBe(404);
});

test('what is not here says so', async () => {
  await using at = await rawRegistry();
  await pushImage(at, 'app', 'v1');
  for (const path of ['/app/manifests/v2', `/app/manifests/${absent}`, '/none/manifests/v1']) {
    const codes = ['MANIFEST_UNKNOWN'];
    expect(await at.request('GET', path)).toMatchObject({status: 404, codes});
    expect(await at.request('HEAD', path)).toMatchObject({status: 404});
  }
  const deleted = await at.request('DELETE', '/app/manifests/v2');
  expect(deleted).toMatchObject({status: 404, codes: ['MANIFEST_UNKNOWN']});
});

test('a layer is no manifest', async () => {
  await using at = await rawRegistry();
  const digest = await at.pushBlob('app', Buffer.from(JSON.stringify(emptyIndex)));
  expect((await at.request('GET', `/app/manifests/${digest}`)).status).toBe(404);
});

test('bytes come back as they were sent, spaces and unknown members too', async () => {
  await using at = await rawRegistry();
  const text = ' {"unknown": [1e3],\n\t"manifests":[],"schemaVersion":2 }\n';
  const headers = {'Content-Type': `${MediaType.index}; charset=utf-8`};
  const put = await at.request('PUT', '/app/manifests/v1', {body: text, headers});
  const digest = digestOf(text);
  expect(put.status).toBe(201);
  expect(put.headers.get('location')).toBe(`/v2/app/manifests/${digest}`);
  expect(put.headers.get('docker-content-digest')).toBe(digest);
  for (const reference of ['v1', digest]) {
    for (const method of ['GET', 'HEAD']) {
      const got = await at.request(method, `/app/manifests/${reference}`);
      expect(got.status).toBe(200);
      expect(got.headers.get('content-type')).toBe(MediaType.index);
      expect(got.headers.get('content-length')).toBe(String(text.length));
      expect(got.headers.get('docker-content-digest')).toBe(digest);
      expect(got.body.toString()).toBe(method === 'GET' ? text : '');
    }
  }
  const known = {'If-None-Match': `"${digest}"`};
  expect((await at.request('GET', '/app/manifests/v1', {headers: known})).status).toBe(304);
});

test.each([
  {
    name: 'of a type nobody knows',
    manifest: {mediaType: 'application/vnd.example.thing+json', blobs: [missing]},
  },
  {
    name: 'of an artifact',
    manifest: {
      mediaType: 'application/vnd.oci.artifact.manifest.v1+json',
      artifactType: 'a/b',
      blobs: [],
    },
  },
  {name: 'of an index without manifests', manifest: emptyIndex},
])('a manifest $name is taken and given as it is', async ({manifest}) => {
  await using at = await rawRegistry();
  expect((await at.pushManifest('app', 'v1', manifest)).status).toBe(201);
  const got = await at.request('GET', '/app/manifests/v1');
  expect(got.headers.get('content-type')).toBe(manifest.mediaType);
  expect(got.json()).toEqual(manifest);
});

test.each([
  {name: 'with urls', layer: {...missing, urls: ['https://example.com/layer']}},
  {
    name: 'that must not be distributed',
    layer: {...missing, mediaType: 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip'},
  },
])('a layer $name need not be here', async ({layer}) => {
  await using at = await rawRegistry();
  const manifest = await manifestWith(at, {layers: [layer]});
  expect((await at.pushManifest('app', 'v1', manifest)).status).toBe(201);
});

test.each([
  {name: 'is refused', sparseIndexes: false, status: 400},
  {name: 'is taken where the registry was told to', sparseIndexes: true, status: 201},
])('an index without one of its manifests $name', async ({sparseIndexes, status}) => {
  await using at = await rawRegistry({sparseIndexes});
  const index = {...emptyIndex, manifests: [{...missing, mediaType: MediaType.manifest}]};
  expect((await at.pushManifest('app', 'v1', index)).status).toBe(status);
});

test('one push gives several tags, and says which: OCI-Tag', async () => {
  await using at = await rawRegistry();
  const digest = digestOf(JSON.stringify(emptyIndex));
  const put = await at.pushManifest('app', `${digest}?tag=1&tag=1.2&tag=latest`, emptyIndex);
  expect(put.status).toBe(201);
  expect(put.headers.get('oci-tag')).toBe('1, 1.2, latest');
  const tags = await at.request('GET', '/app/tags/list');
  expect(tags.json()).toEqual({name: 'app', tags: ['1', '1.2', 'latest']});
});

test('a tag moves; what it named stays by its digest', async () => {
  await using at = await rawRegistry();
  const first = await pushImage(at, 'app', 'latest');
  const second = await pushImage(at, 'app', 'latest');
  const head = await at.request('HEAD', '/app/manifests/latest');
  expect(head.headers.get('docker-content-digest')).toBe(second.digest);
  expect((await at.request('GET', `/app/manifests/${first.digest}`)).json()).toEqual(
    first.manifest,
  );
});

test('a tag is deleted alone, a manifest with its tags: 202', async () => {
  await using at = await rawRegistry();
  const {digest, manifest} = await pushImage(at, 'app', 'v1');
  await at.pushManifest('app', 'v2', manifest);
  await at.pushManifest('app', 'v3', manifest);
  expect((await at.request('DELETE', '/app/manifests/v1')).status).toBe(202);
  expect((await at.request('GET', '/app/manifests/v1')).status).toBe(404);
  expect((await at.request('GET', `/app/manifests/${digest}`)).status).toBe(200);
  expect((await at.request('DELETE', `/app/manifests/${digest}`)).status).toBe(202);
  expect((await at.request('GET', '/app/manifests/v2')).status).toBe(404);
  expect((await at.request('GET', '/app/tags/list')).json()).toEqual({name: 'app', tags: []});
});

test('what a manifest needs is not deleted: 405 names it', async () => {
  await using at = await rawRegistry();
  const {digest, manifest, config} = await pushImage(at, 'app', 'v1');
  const index = {...emptyIndex, manifests: [descriptorOf(manifest)]};
  await at.pushManifest('app', 'multi', index);
  for (const [path, user] of [
    [`/app/blobs/${config}`, digest],
    [`/app/manifests/${digest}`, digestOf(JSON.stringify(index))],
  ] as const) {
    const answer = await at.request('DELETE', path);
    expect(answer).toMatchObject({status: 405, codes: ['DENIED']});
    expect(answer.json()).toMatchObject({errors: [{detail: {user}}]});
  }
  await at.request('DELETE', `/app/manifests/${digestOf(JSON.stringify(index))}`);
  expect((await at.request('DELETE', `/app/manifests/${digest}`)).status).toBe(202);
  expect((await at.request('DELETE', `/app/blobs/${config}`)).status).toBe(202);
});

test('what is about another is pushed before or after it, found, filtered, and gone when it is deleted', async () => {
  await using at = await rawRegistry();
  const {digest, manifest} = await pushImage(at, 'app', 'v1');
  const subject = descriptorOf(manifest);
  const annotations = {made: 'by a test'};
  const sbom = await manifestWith(at, {subject, artifactType: 'text/sbom', annotations});
  const before = await manifestWith(at, {subject: {...missing, mediaType: MediaType.manifest}});
  const put = await at.pushManifest('app', digestOf(JSON.stringify(sbom)), sbom);
  expect(put.headers.get('oci-subject')).toBe(digest);
  const early = await at.pushManifest('app', 'early', before);
  expect([early.status, early.headers.get('oci-subject')]).toEqual([201, absent]);

  const list = async (of: string, query = '') => {
    const answer = await at.request('GET', `/app/referrers/${of}${query}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(MediaType.index);
    return answer;
  };
  const sbomEntry = {...descriptorOf(sbom), artifactType: 'text/sbom', annotations};
  const signature = await manifestWith(at, {subject, layers: []});
  await at.pushManifest('app', 'signature', signature);
  const signatureEntry = {...descriptorOf(signature), artifactType: MediaType.config};
  expect((await list(digest)).json()).toEqual({
    ...emptyIndex,
    manifests: [sbomEntry, signatureEntry],
  });
  expect((await list(absent)).json()).toMatchObject({manifests: [descriptorOf(before)]});

  const filtered = await list(digest, '?artifactType=text%2Fsbom');
  expect(filtered.headers.get('oci-filters-applied')).toBe('artifactType');
  expect(filtered.json()).toEqual({...emptyIndex, manifests: [sbomEntry]});

  await at.request('DELETE', `/app/manifests/${digestOf(JSON.stringify(sbom))}`);
  expect((await list(digest)).json()).toEqual({...emptyIndex, manifests: [signatureEntry]});
});

test('nothing refers to what is not here: an empty index, 200', async () => {
  await using at = await rawRegistry();
  const answer = await at.request('GET', `/none/referrers/${absent}`);
  expect(answer.status).toBe(200);
  expect(answer.json()).toEqual(emptyIndex);
  const bad = await at.request('GET', '/none/referrers/latest');
  expect(bad).toMatchObject({status: 400, codes: ['DIGEST_INVALID']});
});
