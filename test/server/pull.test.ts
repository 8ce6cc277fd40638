/** Blobs, lists and the base of the API: OCI distribution-spec v1.1.1 § Pulling, Listing. */
import {randomBytes} from 'node:crypto';
import {expect, test} from 'vitest';
import {digestOf} from '../../src/oci/digest.js';
import {absent, pushImage, rawRegistry} from '../helpers/raw-registry.js';

const data = randomBytes(2048);
const digest = digestOf(data);

test.each([
  {name: 'the middle', range: 'bytes=500-1499', part: [500, 1499]},
  {name: 'all from a byte on', range: 'bytes=500-', part: [500, 2047]},
  {name: 'the last bytes', range: 'bytes=-500', part: [1548, 2047]},
  {name: 'more last bytes than there are', range: 'bytes=-5000', part: [0, 2047]},
  {name: 'beyond the end', range: 'bytes=2000-5000', part: [2000, 2047]},
  {name: 'one byte', range: 'bytes=0-0', part: [0, 0]},
])('$name of a blob: 206', async ({range, part: [start = 0, end = 0]}) => {
  await using at = await rawRegistry();
  await at.pushBlob('app', data);
  const got = await at.request('GET', `/app/blobs/${digest}`, {headers: {Range: range}});
  expect(got.status).toBe(206);
  expect(got.headers.get('content-range')).toBe(`bytes ${start}-${end}/2048`);
  expect(got.headers.get('content-length')).toBe(String(end - start + 1));
  expect(got.body.equals(data.subarray(start, end + 1))).toBe(true);
});

test.each(['bytes=500-0', 'bytes=5000-10000', 'bytes=2048-', 'bytes=-0'])(
  'no byte is in %s: 416 with the size',
  async (range) => {
    await using at = await rawRegistry();
    await at.pushBlob('app', data);
    const got = await at.request('GET', `/app/blobs/${digest}`, {headers: {Range: range}});
    expect(got).toMatchObject({status: 416, codes: ['SIZE_INVALID']});
    expect(got.headers.get('content-range')).toBe('bytes */2048');
  },
);

test.each([
  {name: 'several ranges', headers: {Range: 'bytes=0-1,4-5'}},
  {name: 'another unit', headers: {Range: 'lines=0-1'}},
  {name: 'no range', headers: {Range: 'bytes=-'}},
  {name: 'a number beyond counting', headers: {Range: `bytes=${'9'.repeat(400)}-`}},
  {name: 'a range of another blob', headers: {Range: 'bytes=0-1', 'If-Range': `"${absent}"`}},
])('$name is answered with the whole blob', async ({headers}) => {
  await using at = await rawRegistry();
  await at.pushBlob('app', data);
  const got = await at.request('GET', `/app/blobs/${digest}`, {headers});
  expect(got.status).toBe(200);
  expect(got.body.equals(data)).toBe(true);
});

test('a blob says what it is, and that it never changes', async () => {
  await using at = await rawRegistry();
  await at.pushBlob('app', data);
  for (const method of ['HEAD', 'GET']) {
    const {status, headers} = await at.request(method, `/app/blobs/${digest}`);
    expect(status).toBe(200);
    expect(headers.get('content-length')).toBe('2048');
    expect(headers.get('docker-content-digest')).toBe(digest);
    expect(headers.get('accept-ranges')).toBe('bytes');
    expect(headers.get('etag')).toBe(`"${digest}"`);
  }
  const known = {headers: {'If-None-Match': `"${digest}"`}};
  expect((await at.request('GET', `/app/blobs/${digest}`, known)).status).toBe(304);
});

test.each([
  {name: 'not here', path: `/app/blobs/${absent}`, status: 404, code: 'BLOB_UNKNOWN'},
  {
    name: 'of another repository',
    path: `/other/blobs/${digest}`,
    status: 404,
    code: 'BLOB_UNKNOWN',
  },
  {name: 'no digest', path: '/app/blobs/latest', status: 400, code: 'DIGEST_INVALID'},
  {
    name: 'a digest with a path',
    path: '/app/blobs/sha256:..%2F..%2Findex.json',
    status: 404,
    code: 'UNSUPPORTED',
  },
  {
    name: 'of another algorithm',
    path: `/app/blobs/sha512:${'0'.repeat(128)}`,
    status: 400,
    code: 'DIGEST_INVALID',
  },
  {
    name: 'in a repository in capitals',
    path: `/App/blobs/${digest}`,
    status: 400,
    code: 'NAME_INVALID',
  },
])('a blob that is $name: $code', async ({path, status, code}) => {
  await using at = await rawRegistry();
  await at.pushBlob('app', data);
  expect(await at.request('GET', path)).toMatchObject({status, codes: [code]});
  expect(await at.request('DELETE', path)).toMatchObject({status, codes: [code]});
  expect(await at.request('HEAD', path)).toMatchObject({status});
});

test.each(['/', ''])('the base is /v2%s, and says which API this is', async (path) => {
  await using at = await rawRegistry();
  const {status, headers} = await at.request('GET', path);
  expect(status).toBe(200);
  expect(headers.get('docker-distribution-api-version')).toBe('registry/2.0');
});

test.each([
  {method: 'POST', path: '/', allow: 'HEAD, GET'},
  {method: 'PUT', path: `/app/blobs/${digest}`, allow: 'HEAD, GET, DELETE'},
  {method: 'GET', path: '/app/blobs/uploads/', allow: 'POST'},
  {method: 'DELETE', path: '/app/tags/list', allow: 'HEAD, GET'},
  {method: 'PATCH', path: '/app/manifests/v1', allow: 'HEAD, GET, PUT, DELETE'},
])('$method $path is not allowed: 405', async ({method, path, allow}) => {
  await using at = await rawRegistry();
  const answer = await at.request(method, path);
  expect(answer).toMatchObject({status: 405, codes: ['UNSUPPORTED']});
  expect(answer.headers.get('allow')).toBe(allow);
});

test('tags come in order, by pages that say where the next one is', async () => {
  await using at = await rawRegistry();
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [],
  };
  for (const tag of ['b', 'C', 'a', '1.10', 'A']) await at.pushManifest('team/app', tag, index);
  const sorted = ['1.10', 'A', 'a', 'b', 'C'];
  expect((await at.request('GET', '/team/app/tags/list')).json()).toEqual({
    name: 'team/app',
    tags: sorted,
  });
  const pages: string[][] = [];
  for (let path: string | undefined = '/team/app/tags/list?n=2'; path !== undefined; ) {
    const page = await at.request('GET', path);
    pages.push(page.json<{tags: string[]}>().tags);
    path = /^<\/v2(.*)>; rel="next"$/.exec(page.headers.get('link') ?? '')?.[1];
  }
  expect(pages).toEqual([['1.10', 'A'], ['a', 'b'], ['C']]);
});

test.each([
  {query: '?n=0', tags: []},
  {query: '?n=99', tags: ['a', 'b']},
  {query: '?last=a', tags: ['b']},
  {query: '?last=aa', tags: ['b']},
  {query: '?n=1&last=b', tags: []},
])('tags $query', async ({query, tags}) => {
  await using at = await rawRegistry();
  for (const tag of ['b', 'a']) await pushImage(at, 'app', tag);
  const page = await at.request('GET', `/app/tags/list${query}`);
  expect(page.json()).toEqual({name: 'app', tags});
  expect(page.headers.get('link')).toBe(null);
});

test.each(['-1', 'x', '1e3', ''])('n=%s is no number of entries: 400', async (n) => {
  await using at = await rawRegistry();
  expect(await at.request('GET', `/_catalog?n=${n}`)).toMatchObject({status: 400});
});

test('tags of what is not here: NAME_UNKNOWN', async () => {
  await using at = await rawRegistry();
  const answer = await at.request('GET', '/none/tags/list');
  expect(answer).toMatchObject({status: 404, codes: ['NAME_UNKNOWN']});
});

test('the catalog lists repositories, names that look like endpoints too', async () => {
  await using at = await rawRegistry();
  const names = ['a', 'a/blobs/b', 'a/manifests', 'b/tags/list', 'blobs/uploads', 'index.json'];
  for (const name of names) await pushImage(at, name, 'v1');
  expect((await at.request('GET', '/_catalog')).json()).toEqual({repositories: names});
  for (const name of names) {
    expect((await at.request('GET', `/${name}/manifests/v1`)).status, name).toBe(200);
    expect((await at.request('GET', `/${name}/tags/list`)).json(), name).toEqual({
      name,
      tags: ['v1'],
    });
  }
  const page = await at.request('GET', '/_catalog?n=2&last=a');
  expect(page.json()).toEqual({repositories: ['a/blobs/b', 'a/manifests']});
  expect(page.headers.get('link')).toBe('</v2/_catalog?n=2&last=a%2Fmanifests>; rel="next"');
});
