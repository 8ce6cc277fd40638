/** Pushing blobs: OCI distribution-spec v1.1.1 § Pushing Blobs, and what clients get wrong. */
import {randomBytes} from 'node:crypto';
import {expect, test} from 'vitest';
import {digestOf} from '../../src/oci/digest.js';
import {absent, type RawRegistry, rawRegistry} from '../helpers/raw-registry.js';

const UUID = '01234567-89ab-cdef-0123-456789abcdef';
const hello = Buffer.from('hello');

/** The path of a new upload, after /v2. */
async function begin(at: RawRegistry, name = 'app'): Promise<string> {
  const {status, headers} = await at.request('POST', `/${name}/blobs/uploads/`);
  expect(status).toBe(202);
  expect(headers.get('range')).toBe('0-0');
  const location = headers.get('location') ?? '';
  expect(location).toBe(`/v2/${name}/blobs/uploads/${headers.get('docker-upload-uuid')}`);
  return location.slice('/v2'.length);
}

const range = (start: number, end: number) => ({'Content-Range': `${start}-${end}`});

test.each([
  {name: 'no upload', id: UUID, code: 'BLOB_UPLOAD_UNKNOWN'},
  {name: 'a path upwards', id: '..%2F..%2F..%2Fetc%2Fpasswd', code: 'UNSUPPORTED'},
  {name: 'a zero byte', id: `${UUID}%00`, code: 'BLOB_UPLOAD_UNKNOWN'},
  {name: 'a long id', id: 'a'.repeat(5000), code: 'BLOB_UPLOAD_UNKNOWN'},
])('an id that is $name is no upload', async ({id, code}) => {
  await using at = await rawRegistry();
  for (const method of ['GET', 'PATCH', 'PUT', 'DELETE']) {
    const path = `/app/blobs/uploads/${id}?digest=${digestOf(hello)}`;
    const answer = await at.request(method, path, method === 'GET' ? {} : {body: hello});
    expect(answer).toMatchObject({status: 404, codes: [code]});
  }
});

test('an upload of one repository is none of another', async () => {
  await using at = await rawRegistry();
  const other = (await begin(at, 'app')).replace('/app/', '/other/');
  expect(await at.request('PATCH', other, {body: hello})).toMatchObject({status: 404});
});

test.each([
  {name: 'text', value: 'all', status: 400, code: 'BLOB_UPLOAD_INVALID'},
  {name: 'a unit', value: 'bytes 0-4/5', status: 400, code: 'BLOB_UPLOAD_INVALID'},
  {name: 'the end before the start', value: '4-0', status: 400, code: 'BLOB_UPLOAD_INVALID'},
  {
    name: 'a number beyond counting',
    value: `0-${'9'.repeat(40)}`,
    status: 400,
    code: 'BLOB_UPLOAD_INVALID',
  },
  {name: 'more bytes than come', value: '0-99', status: 400, code: 'SIZE_INVALID'},
  {name: 'fewer bytes than come', value: '0-1', status: 400, code: 'SIZE_INVALID'},
  {name: 'a gap before it', value: '5-9', status: 416, code: 'BLOB_UPLOAD_INVALID'},
])('a chunk whose Content-Range is $name is refused, and the upload goes on', async (row) => {
  await using at = await rawRegistry();
  const upload = await begin(at);
  const headers = {'Content-Range': row.value};
  for (const body of [hello, ReadableStream.from([hello])]) {
    const answer = await at.request('PATCH', upload, {body, headers});
    expect(answer).toMatchObject({status: row.status, codes: [row.code]});
  }
  const done = await at.request('PUT', `${upload}?digest=${digestOf(hello)}`, {body: hello});
  expect(done.status).toBe(201);
});

test('a chunk out of order is told where to go on: 416 with Location and Range', async () => {
  await using at = await rawRegistry();
  const upload = await begin(at);
  await at.request('PATCH', upload, {body: 'hel', headers: range(0, 2)});
  const {status, headers} = await at.request('PATCH', upload, {body: 'xx', headers: range(7, 8)});
  expect(status).toBe(416);
  expect(headers.get('range')).toBe('0-2');
  expect(headers.get('location')).toBe(`/v2${upload}`);
  expect(headers.get('docker-upload-uuid')).toBe(upload.split('/').at(-1));
  const path = `${upload}?digest=${digestOf(hello)}`;
  expect((await at.request('PUT', path, {body: 'lo', headers: range(3, 4)})).status).toBe(201);
});

test('chunks are counted: 202 with Location, Range and id, and 204 says the same again', async () => {
  await using at = await rawRegistry();
  const upload = await begin(at);
  for (const [start, text] of [
    [0, 'he'],
    [2, 'll'],
    [4, 'o'],
  ] as const) {
    const end = start + text.length - 1;
    const answer = await at.request('PATCH', upload, {body: text, headers: range(start, end)});
    const status = await at.request('GET', upload);
    expect([answer.status, status.status]).toEqual([202, 204]);
    for (const {headers} of [answer, status]) {
      expect(headers.get('range')).toBe(`0-${end}`);
      expect(headers.get('location')).toBe(`/v2${upload}`);
    }
  }
  const {status, headers} = await at.request('PUT', `${upload}?digest=${digestOf(hello)}`);
  expect(status).toBe(201);
  expect(headers.get('location')).toBe(`/v2/app/blobs/${digestOf(hello)}`);
  expect(headers.get('docker-content-digest')).toBe(digestOf(hello));
  expect((await at.request('GET', headers.get('location')?.slice(3) ?? '')).body).toEqual(hello);
});

test.each([
  {name: 'in one request', digest: absent},
  {name: 'without a digest', digest: ''},
  {name: 'with a digest of another algorithm', digest: `sha512:${'0'.repeat(128)}`},
  {name: 'with a path for a digest', digest: '../../index.json'},
  {name: 'with a digest in capitals', digest: digestOf(hello).toUpperCase()},
])('a blob that ends with the wrong digest $name is refused', async ({digest}) => {
  await using at = await rawRegistry();
  const query = `?digest=${encodeURIComponent(digest)}`;
  for (const path of [`${await begin(at)}${query}`, `/app/blobs/uploads/${query}`]) {
    const method = path.includes('uploads/?') ? 'POST' : 'PUT';
    const answer = await at.request(method, path, {body: hello});
    expect(answer).toMatchObject({status: 400, codes: ['DIGEST_INVALID']});
  }
  expect((await at.request('HEAD', `/app/blobs/${digestOf(hello)}`)).status).toBe(404);
});

test('an upload whose bytes are not the digest is over', async () => {
  await using at = await rawRegistry();
  const upload = await begin(at);
  await at.request('PATCH', upload, {body: 'jello'});
  await at.request('PUT', `${upload}?digest=${digestOf(hello)}`);
  expect(await at.request('GET', upload)).toMatchObject({status: 404});
});

test('a blob beyond the limit is refused however it comes, and what fits goes on', async () => {
  await using at = await rawRegistry({blobLimit: 8});
  const upload = await begin(at);
  await at.request('PATCH', upload, {body: hello});
  for (const body of [Buffer.alloc(4), ReadableStream.from([Buffer.alloc(3), Buffer.alloc(1)])]) {
    const answer = await at.request('PATCH', upload, {body});
    expect(answer).toMatchObject({status: 413, codes: ['SIZE_INVALID']});
  }
  expect((await at.request('GET', upload)).headers.get('range')).toBe('0-4');
  const whole = digestOf('hello123');
  expect((await at.request('PUT', `${upload}?digest=${whole}`, {body: '123'})).status).toBe(201);
});

test('an upload that is cancelled is gone: 204, then 404', async () => {
  await using at = await rawRegistry();
  const upload = await begin(at);
  expect((await at.request('DELETE', upload)).status).toBe(204);
  expect(await at.request('DELETE', upload)).toMatchObject({status: 404});
});

test.each([
  {name: 'from where it is', query: (digest: string) => `mount=${digest}&from=base`, status: 201},
  {name: 'from anywhere', query: (digest: string) => `mount=${digest}`, status: 201},
  {name: 'from where it is not', query: (digest: string) => `mount=${digest}&from=no`, status: 202},
  {name: 'that is nowhere', query: () => `mount=${absent}&from=base`, status: 202},
])('a mount $name is answered with $status', async ({query, status}) => {
  await using at = await rawRegistry();
  const digest = await at.pushBlob('base', hello);
  const answer = await at.request('POST', `/app/blobs/uploads/?${query(digest)}`);
  expect(answer.status).toBe(status);
  const mounted = await at.request('GET', `/app/blobs/${digest}`);
  expect(mounted.status).toBe(status === 201 ? 200 : 404);
  const location = answer.headers.get('location') ?? '';
  if (status === 201) expect(location).toBe(`/v2/app/blobs/${digest}`);
  else expect((await at.request('GET', location.slice(3))).status).toBe(204);
});

test('a mount from what is no name is refused', async () => {
  await using at = await rawRegistry();
  const path = `/app/blobs/uploads/?mount=${absent}&from=..%2F..`;
  expect(await at.request('POST', path)).toMatchObject({status: 400, codes: ['NAME_INVALID']});
});

test.each([
  {name: 'nothing', size: 0},
  {name: 'one byte', size: 1},
  {name: 'some megabytes', size: 7_654_321},
])('$name comes back byte for byte, however it was pushed', async ({size}) => {
  await using at = await rawRegistry();
  const data = randomBytes(size);
  const digest = digestOf(data);
  const read = async () => (await at.request('GET', `/app/blobs/${digest}`)).body.equals(data);
  const ways = {
    'POST alone': () => at.pushBlob('app', data),
    'POST and PUT': async () =>
      at.request('PUT', `${await begin(at)}?digest=${digest}`, {body: data}),
    'PATCH of unknown length': async () => {
      const upload = await begin(at);
      const pieces = [data.subarray(0, size / 3), data.subarray(size / 3)];
      await at.request('PATCH', upload, {body: ReadableStream.from(pieces)});
      return at.request('PUT', `${upload}?digest=${digest}`);
    },
  };
  for (const [way, push] of Object.entries(ways)) {
    await push();
    expect(await read(), way).toBe(true);
    expect((await at.request('DELETE', `/app/blobs/${digest}`)).status).toBe(202);
  }
});
