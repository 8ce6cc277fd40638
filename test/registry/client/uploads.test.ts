/** Blobs on their way to a registry that fails on purpose. */
import {request as send} from 'node:http';
import {expect, test} from 'vitest';
import {readAll} from '../../../src/content/read-all.js';
import type {Descriptor} from '../../../src/oci/descriptor.js';
import {type MemoryImage, memoryImage} from '../../helpers/memory-image.js';
import {type RawRegistry, rawRegistry} from '../../helpers/raw-registry.js';
import {type Registries, registriesOf} from '../../helpers/registries.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';
import {verifyRegistry} from '../../helpers/verify-registry.js';
import {type HttpServer, serve} from '../../http/http-server.js';
import {holds, pull, push} from './moved.js';

const nameAt = ({registry}: RawRegistry): string => `${registry.address}/app:v1`;
const sent = ({exchanges}: Registries, pattern: RegExp): readonly string[] =>
  exchanges.filter((each) => pattern.test(each));

test.each([
  {name: 'a cut in the middle', faults: ['PATCH uploads: cut 1MB, 3 times']},
  {name: 'a cut at once', faults: ['PATCH uploads: cut 0B, 2 times']},
  {
    name: 'a cut each megabyte, more often than there are attempts',
    faults: ['PATCH uploads: cut 1MB'],
  },
  {name: '500 for the content', faults: ['PATCH uploads: 500, 2 times']},
  {name: '429 for the content', faults: ['PATCH uploads: 429, 2 times, retry after 0']},
  {name: '503 at the start', faults: ['POST uploads: 503, 2 times']},
  {name: '502 at the end', faults: ['PUT uploads: 502, 2 times']},
  {name: '500 for the manifest', faults: ['PUT manifests: 500, 2 times']},
])('$name: the push goes on, and what is there is right', async ({faults}) => {
  const image = memoryImage([4_000_000]);
  await using folder = temporaryFolder();
  await using at = await rawRegistry({faults, data: folder.path});
  await using machine = registriesOf();
  await push(machine.client, nameAt(at), image);
  expect(await holds((await pull(machine.client, nameAt(at))).content, image)).toBe(true);
  await at.registry.close();
  expect(verifyRegistry(folder.path)).toMatchObject({
    tags: new Map([['app:v1', image.manifest.digest]]),
  });
});

test('after a cut only what is missing is sent', async () => {
  const image = memoryImage([4_000_000]);
  let bytes = 0;
  await using at = await rawRegistry({faults: ['PATCH uploads: cut 3MB, 1 time']});
  await using counted = await proxy(at.registry.url, {
    onBody: (method, length) => {
      if (method === 'PATCH') bytes += length;
    },
  });
  await using machine = registriesOf();
  await push(machine.client, `${counted.url.host}/app:v1`, image);
  expect(bytes).toBeGreaterThanOrEqual(4_000_000);
  expect(bytes).toBeLessThan(6_000_000);
});

test.each([
  {name: 'cuts that bring nothing', fault: 'PATCH uploads: cut 0B', error: {code: 'E_CONNECTION'}},
  {name: '500', fault: 'PATCH uploads: 500', error: {code: 'E_REGISTRY_STATUS'}},
  {name: '429', fault: 'uploads: 429, retry after 0', error: {code: 'E_RATE_LIMITED'}},
  {name: 'a refusal', fault: 'POST uploads: 403', error: {code: 'E_DENIED'}},
  {name: 'other content', fault: 'PATCH uploads: wrong', error: {code: 'E_REGISTRY_STATUS'}},
])('$name without end ends the push, and nothing is tagged', async ({fault, error}) => {
  await using at = await rawRegistry({faults: [fault]});
  await using machine = registriesOf();
  const pushing = push(machine.client, nameAt(at), memoryImage([3_000_000]));
  await expect(pushing).rejects.toMatchObject(error);
  expect((await at.request('GET', '/app/manifests/v1')).status).toBe(404);
  expect(sent(machine, /^(PATCH|POST) .* (?!202)/).length).toBeLessThanOrEqual(2 * 3);
});

test('content that cannot be read is what the push fails with', async () => {
  const image = memoryImage([3_000_000]);
  const broken = {
    ...image,
    content: {
      async *fetch(target: Descriptor) {
        const data = await readAll(image.content, target, target.size);
        yield data.subarray(0, 1_500_000);
        if (target.size > 1_500_000) throw new RangeError('the disk is on fire');
      },
    } as unknown as MemoryImage['content'],
  };
  await using at = await rawRegistry();
  await using machine = registriesOf();
  await expect(push(machine.client, nameAt(at), broken)).rejects.toThrow('the disk is on fire');
  expect(machine.notices).toEqual([]);
});

test('an upload whose last answer was lost counts as done; one that was forgotten begins anew', async () => {
  const image = memoryImage([3_000_000]);
  await using at = await rawRegistry();
  await using losing = await proxy(at.registry.url, {
    loses: ({method, count}) => method === 'PUT' && count === 1,
    forgets: ({method, count}) => method === 'PATCH' && count === 1,
  });
  await using machine = registriesOf();
  await push(machine.client, `${losing.url.host}/app:v1`, image);
  expect(await holds((await pull(machine.client, nameAt(at))).content, image)).toBe(true);
});

test.each([401, 403, 404, 405])(
  'where a mount is answered with %i the blob is sent',
  async (status) => {
    const image = memoryImage();
    await using at = await rawRegistry();
    await using strict = await proxy(at.registry.url, {
      refuses: (url) => (url.includes('mount=') ? status : undefined),
    });
    await using machine = registriesOf();
    const {host} = strict.url;
    await push(machine.client, `${host}/app:v1`, image, {knownIn: () => [`${host}/other`]});
    expect(await holds((await pull(machine.client, nameAt(at))).content, image)).toBe(true);
  },
);

test.each([
  {name: 'none', location: undefined},
  {name: 'no address', location: 'http://[bad'},
])('a Location that is $name is a bad answer', async ({location}) => {
  await using server = await serve((request, response) => {
    const headers = location === undefined ? {} : {location};
    response.writeHead(request.method === 'POST' ? 202 : 404, headers).end();
  });
  await using machine = registriesOf();
  await expect(push(machine.client, `${server.url.host}/app`, memoryImage())).rejects.toMatchObject(
    {
      code: 'E_BAD_ANSWER',
      message: expect.stringContaining('want a Location'),
    },
  );
});

interface Interference {
  readonly onBody?: (method: string, bytes: number) => void;
  /** Whether the answer to this request does not get through. */
  readonly loses?: (request: {method: string; count: number}) => boolean;
  /** Whether 404 is answered in place of the registry. */
  readonly forgets?: (request: {method: string; count: number}) => boolean;
  /** A status to answer with in place of the registry. */
  readonly refuses?: (url: string) => number | undefined;
}

/** In front of a registry, and in its way. */
async function proxy(registry: string, ways: Interference): Promise<HttpServer> {
  const counts = new Map<string, number>();
  return serve((request, response) => {
    const {method = '', url = '', headers} = request;
    const count = (counts.get(method) ?? 0) + 1;
    counts.set(method, count);
    const status = ways.forgets?.({method, count}) ? 404 : ways.refuses?.(url);
    if (status !== undefined) {
      request.resume().on('end', () => response.writeHead(status).end());
      return;
    }
    const onward = send(`${registry}${url}`, {method, headers}, (answer) => {
      if (ways.loses?.({method, count})) {
        answer.resume().on('end', () => request.socket.destroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.on('data', (chunk: Buffer) => ways.onBody?.(method, chunk.length)).pipe(onward);
    onward.on('error', () => request.socket.destroy());
    request.on('close', () => request.complete || onward.destroy());
  });
}
