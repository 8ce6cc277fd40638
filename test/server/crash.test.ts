/** kill -9 while clients push, and while garbage is collected: nothing that was answered with is lost. */
import {randomBytes} from 'node:crypto';
import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {digestOf} from '../../src/oci/digest.js';
import {type ChildScript, runScript} from '../helpers/child-script.js';
import {pushImage, rawRegistry, requestsTo} from '../helpers/raw-registry.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {verifyRegistry} from '../helpers/verify-registry.js';

const script = 'test/server/programs/serve.ts';

/** The URL is the first line it says. */
async function urlOf({process}: ChildScript): Promise<string> {
  for await (const text of process.stdout ?? []) return String(text).trim();
  throw new Error('the registry did not start');
}

test.each([
  {name: 'while clients push', args: []},
  {name: 'while garbage is collected', args: ['collect']},
])(
  'killed $name: all that was answered with 201 is there, and all that is there is whole',
  async ({args}) => {
    await using folder = temporaryFolder();
    const kept = new Map<string, string>();
    for (let round = 0; round < 4; round++) {
      await using server = runScript(script, folder.path, ...args);
      const at = requestsTo(await urlOf(server));
      const push = async (client: number): Promise<void> => {
        for (let count = 0; ; count++) {
          const tag = `${round}-${client}-${count}`;
          const {digest} = await pushImage(at, `team/app${client % 3}`, tag);
          kept.set(`team/app${client % 3}:${tag}`, digest);
          // Left behind for the collector.
          await at.pushBlob(`team/app${client % 3}`, randomBytes(10_000));
        }
      };
      const clients = Promise.allSettled(Array.from({length: 8}, (_, client) => push(client)));
      await sleep(500 + 400 * round);
      server.process.kill('SIGKILL');
      await server.ended();
      await clients;
      const {tags} = verifyRegistry(folder.path);
      for (const [name, digest] of kept) expect(tags.get(name), name).toBe(digest);
    }
    expect(kept.size).toBeGreaterThan(10);
    await using again = await rawRegistry({data: folder.path});
    expect(readdirSync(join(again.registry.data, 'ingest'))).toEqual([]);
  },
);

test('an upload goes on after the server was killed, from the last byte that came', async () => {
  await using folder = temporaryFolder();
  const data = randomBytes(3_000_000);
  let location = '';
  {
    await using server = runScript(script, folder.path);
    const at = requestsTo(await urlOf(server));
    location =
      (await at.request('POST', '/app/blobs/uploads/')).headers.get('location')?.slice(3) ?? '';
    await at.request('PATCH', location, {body: data.subarray(0, 1_000_000)});
    // Cut in the middle of the second chunk.
    const body = ReadableStream.from(
      (async function* () {
        yield data.subarray(1_000_000, 1_700_000);
        await sleep(300);
        server.process.kill('SIGKILL');
        await sleep(60_000, undefined, {ref: false});
      })(),
    );
    await expect(at.request('PATCH', location, {body})).rejects.toThrow();
    await server.ended();
  }
  await using again = await rawRegistry({data: folder.path});
  const {headers} = await again.request('GET', location);
  const next = Number(headers.get('range')?.split('-')[1]) + 1;
  expect(next).toBeGreaterThanOrEqual(1_000_000);
  expect(next).toBeLessThanOrEqual(1_700_000);
  const rest = {body: data.subarray(next), headers: {'Content-Range': `${next}-2999999`}};
  const done = await again.request('PUT', `${location}?digest=${digestOf(data)}`, rest);
  expect(done.status).toBe(201);
});

test('two servers never have one directory', async () => {
  await using folder = temporaryFolder();
  await using first = await rawRegistry({data: folder.path});
  const second = rawRegistry({data: first.registry.data});
  await expect(second).rejects.toMatchObject({code: 'E_REGISTRY_IN_USE'});
});

test('a directory that holds something else is left alone', async () => {
  const error = {code: 'E_REGISTRY_UNUSABLE'};
  await expect(rawRegistry({data: '/usr'})).rejects.toMatchObject(error);
  await expect(rawRegistry({data: '/dev/null'})).rejects.toMatchObject(error);
});
