/** Failures on purpose: what they do, and how they are written. */
import {expect, test} from 'vitest';
import {digestOf} from '../../src/oci/digest.js';
import {parseFault} from '../../src/server/faults/parse-fault.js';
import {type RawRegistry, rawRegistry} from '../helpers/raw-registry.js';

const data = Buffer.alloc(100_000, 'x');
const digest = digestOf(data);

const pull = (at: RawRegistry) => at.request('GET', `/app/blobs/${digest}`);
const pushed = async (...faults: readonly string[]): Promise<RawRegistry> => {
  const at = await rawRegistry({faults});
  await at.pushBlob('app', data);
  return at;
};

test.each([
  '',
  'cut 5',
  'GET blobs',
  'blobs: ',
  'blobs: cut',
  'blobs: cut 5 parsecs',
  'blobs: slow 0',
  'POKE: wrong',
  'GET blobs again: wrong',
  'blobs: 200',
  'blobs: wrong, twice',
  'blobs: wrong, 2 times, often',
  'blobs: cut -1',
  ': wrong',
])('%j is no fault, and says what was wanted', (text) => {
  expect(() => parseFault(text)).toThrow(expect.objectContaining({code: 'E_INVALID_FAULT'}));
});

test.each([
  {
    text: 'GET blobs: cut 100kB',
    method: 'GET',
    endpoint: 'blobs',
    effect: {kind: 'cut', bytes: 100_000},
  },
  {text: 'blobs: slow 50 kB', endpoint: 'blobs', effect: {kind: 'slow', bytesPerSecond: 50_000}},
  {text: 'any: wrong, 1 time', effect: {kind: 'wrong'}, times: 1},
  {text: 'PUT:hang,after 3', method: 'PUT', effect: {kind: 'hang'}, after: 3},
  {
    text: 'manifests: 429, retry after 2, 2 times',
    endpoint: 'manifests',
    effect: {kind: 'status', status: 429, retryAfter: 2},
    times: 2,
  },
])('$text', ({text, ...fault}) => {
  expect(parseFault(text)).toMatchObject(fault);
});

test('a body is cut after so many bytes, however often one tries', async () => {
  await using at = await pushed('GET blobs: cut 30kB');
  for (let round = 0; round < 2; round++) {
    const response = await fetch(`${at.registry.url}/v2/app/blobs/${digest}`);
    expect(response.headers.get('content-length')).toBe('100000');
    let size = 0;
    const read = async () => {
      for await (const chunk of response.body ?? []) size += chunk.length;
    };
    await expect(read()).rejects.toThrow();
    expect(size).toBe(30_000);
  }
});

test('a body that is pushed is cut, and what came before counts', async () => {
  await using at = await rawRegistry({faults: ['PATCH uploads: cut 30kB, 1 time']});
  const {headers} = await at.request('POST', '/app/blobs/uploads/');
  const upload = headers.get('location')?.slice('/v2'.length) ?? '';
  await expect(at.request('PATCH', upload, {body: data})).rejects.toThrow();
  expect((await at.request('GET', upload)).headers.get('range')).toBe('0-29999');
  const rest = {body: data.subarray(30_000), headers: {'Content-Range': '30000-99999'}};
  expect((await at.request('PUT', `${upload}?digest=${digest}`, rest)).status).toBe(201);
});

test('bytes are wrong once, right after that', async () => {
  await using at = await pushed('GET blobs: wrong, 1 time');
  const {body} = await pull(at);
  expect(body.length).toBe(data.length);
  expect(digestOf(body)).not.toBe(digest);
  expect(digestOf((await pull(at)).body)).toBe(digest);
});

test('bytes that are pushed wrong have another digest', async () => {
  await using at = await rawRegistry({faults: ['POST uploads: wrong, 1 time']});
  const push = () => at.request('POST', `/app/blobs/uploads/?digest=${digest}`, {body: data});
  expect(await push()).toMatchObject({status: 400, codes: ['DIGEST_INVALID']});
  expect((await push()).status).toBe(201);
});

test('a status comes as often as asked for, with Retry-After', async () => {
  await using at = await pushed('GET blobs: 429, retry after 7, 2 times, after 1');
  const answers = [await pull(at), await pull(at), await pull(at), await pull(at)];
  expect(answers.map(({status}) => status)).toEqual([200, 429, 429, 200]);
  expect(answers[1]).toMatchObject({codes: ['TOOMANYREQUESTS']});
  expect(answers[1]?.headers.get('retry-after')).toBe('7');
});

test('faults of one endpoint leave the others alone, and come one after another', async () => {
  await using at = await pushed('GET blobs: 500, 1 time', 'GET blobs: 503, 1 time');
  expect((await at.request('GET', '/')).status).toBe(200);
  expect([(await pull(at)).status, (await pull(at)).status, (await pull(at)).status]).toEqual([
    500, 503, 200,
  ]);
});

test('a slow body is whole, and comes in pieces', async () => {
  await using at = await pushed('GET blobs: slow 400kB');
  const response = await fetch(`${at.registry.url}/v2/app/blobs/${digest}`);
  const sizes: number[] = [];
  for await (const chunk of response.body ?? []) sizes.push(chunk.length);
  expect(sizes.length).toBeGreaterThan(3);
  expect(sizes.reduce((left, right) => left + right)).toBe(data.length);
});

test('who waits for an answer that never comes can leave', async () => {
  await using at = await pushed('GET blobs: hang, 1 time');
  const signal = AbortSignal.timeout(100);
  await expect(fetch(`${at.registry.url}/v2/app/blobs/${digest}`, {signal})).rejects.toThrow();
  expect((await pull(at)).status).toBe(200);
});
