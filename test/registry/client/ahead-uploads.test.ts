/** Blobs on their way to a registry before they are whole. */
import {randomBytes} from 'node:crypto';
import {setTimeout as sleep} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {readAll} from '../../../src/content/read-all.js';
import type {Descriptor} from '../../../src/oci/descriptor.js';
import {MediaType} from '../../../src/oci/media-type.js';
import {parseReference} from '../../../src/oci/reference.js';
import {type RawRegistry, rawRegistry} from '../../helpers/raw-registry.js';
import {type Registries, registriesOf} from '../../helpers/registries.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';
import {temporaryStore} from '../../helpers/temporary-store.js';
import {verifyRegistry} from '../../helpers/verify-registry.js';
import {pull} from './moved.js';

const SIZE = 4_000_000;

type Chunks = AsyncGenerator<Uint8Array, void, undefined>;

interface Sender extends AsyncDisposable {
  readonly machine: Registries;
  readonly progress: readonly number[];
  /** Makes a blob, which is sent meanwhile. */
  make(chunks: Chunks): Promise<Descriptor>;
  /** Sends all that is not there of an image of it. */
  push(layer: Descriptor): Promise<void>;
  /** Ends what was sent ahead. */
  end(): Promise<void>;
}

async function senderTo(at: RawRegistry): Promise<Sender> {
  const machine = registriesOf();
  const {store, ...place} = await temporaryStore();
  const reference = parseReference(`${at.registry.address}/app:v1`);
  const progress: number[] = [];
  const onProgress = (_blob: Descriptor, done: number) => progress.push(done);
  const ahead = await machine.client.sendingAhead(reference, {onProgress});
  return {
    machine,
    progress,
    make: (chunks) =>
      store.blobs.writeStream(MediaType.layer, chunks, (file) => void ahead.follow(file)),
    async push(layer) {
      const config = store.blobs.write(MediaType.config, Buffer.from('{}'));
      const manifest = {schemaVersion: 2, mediaType: MediaType.manifest, config, layers: [layer]};
      const target = store.blobs.write(MediaType.manifest, Buffer.from(JSON.stringify(manifest)));
      const root = {digest: target.digest, tags: ['v1']};
      const to = await machine.client.pushing(reference, {root, ahead});
      await to.copyFrom(store.blobs, target);
    },
    end: () => ahead[Symbol.asyncDispose](),
    async [Symbol.asyncDispose]() {
      await ahead[Symbol.asyncDispose]();
      await place[Symbol.asyncDispose]();
      await machine[Symbol.asyncDispose]();
    },
  };
}

async function* inPieces(data: Buffer): Chunks {
  for (let at = 0; at < data.length; at += 500_000) yield data.subarray(at, at + 500_000);
}

const requests = ({exchanges}: Registries, method: string): number =>
  exchanges.filter((each) => each.startsWith(`${method} `) && each.includes('uploads')).length;

test.each([
  {name: 'a refusal at the start', faults: ['POST uploads: 403, 1 time']},
  {name: 'a cut in the middle', faults: ['PATCH uploads: cut 1MB, 1 time']},
  {name: '500 for the content', faults: ['PATCH uploads: 500, 1 time']},
  {name: 'other content', faults: ['PATCH uploads: wrong, 1 time']},
  {name: '500 at the end', faults: ['PUT uploads: 500, 1 time']},
  {name: 'an upload that is forgotten', faults: ['PUT uploads: 404, 1 time']},
])('$name gives the upload up, and the blob is sent as any other', async ({faults}) => {
  await using folder = temporaryFolder();
  await using at = await rawRegistry({faults, data: folder.path});
  await using sender = await senderTo(at);
  const data = randomBytes(SIZE);
  const layer = await sender.make(inPieces(data));
  await sender.push(layer);
  await sender.end();
  const {content} = await pull(sender.machine.client, `${at.registry.address}/app:v1`);
  expect((await readAll(content, layer, SIZE)).equals(data)).toBe(true);
  await at.registry.close();
  expect(verifyRegistry(folder.path).tags.has('app:v1')).toBe(true);
});

test('a blob is sent while it is made, and then only finished', async () => {
  await using at = await rawRegistry();
  await using sender = await senderTo(at);
  const {machine} = sender;
  const layer = await sender.make(
    (async function* () {
      yield randomBytes(SIZE);
      // What follows is made when the first of it is on its way.
      while (requests(machine, 'POST') === 0) await sleep(5);
      yield randomBytes(SIZE);
    })(),
  );
  await sender.push(layer);
  expect(['POST', 'PATCH', 'PUT'].map((method) => requests(machine, method))).toEqual([
    // The config takes one of its own.
    2, 1, 2,
  ]);
  await sender.end();
  expect(requests(machine, 'DELETE')).toBe(0);
});

test('what is left to send of a blob that is made is told as it goes', async () => {
  await using at = await rawRegistry({faults: ['PATCH uploads: slow 2MB']});
  await using sender = await senderTo(at);
  await sender.make(inPieces(randomBytes(16_000_000)));
  while (sender.progress.length < 2) await sleep(5);
  const [first = 0, second = 0] = sender.progress;
  expect(second).toBeGreaterThan(first);
  expect(second).toBeLessThanOrEqual(16_000_000);
});

test('a small blob is not sent before it is known', async () => {
  await using at = await rawRegistry();
  await using sender = await senderTo(at);
  await sender.make(inPieces(randomBytes(1_000_000)));
  await sender.end();
  expect(sender.machine.exchanges).toEqual([]);
});

test('what nobody pushes is cancelled', async () => {
  await using at = await rawRegistry();
  await using sender = await senderTo(at);
  await sender.make(inPieces(randomBytes(SIZE)));
  while (requests(sender.machine, 'PATCH') === 0) await sleep(5);
  await sender.end();
  expect(sender.machine.exchanges.at(-1)).toMatch(/^DELETE .*uploads.* 204$/);
});

test('content that cannot be made fails as it does without, and nothing is left of it', async () => {
  await using at = await rawRegistry();
  await using sender = await senderTo(at);
  const {machine} = sender;
  const making = sender.make(
    (async function* () {
      yield randomBytes(SIZE);
      while (requests(machine, 'POST') === 0) await sleep(5);
      throw new RangeError('the disk is on fire');
    })(),
  );
  await expect(making).rejects.toThrow('the disk is on fire');
  await sender.end();
  expect(machine.exchanges.at(-1)).toMatch(/^DELETE .*uploads.* 204$/);
  expect(machine.notices).toEqual([]);
});

test('no more than five are on their way at once', async () => {
  await using at = await rawRegistry({faults: ['PATCH uploads: slow 5MB']});
  await using sender = await senderTo(at);
  await Promise.all(Array.from({length: 8}, () => sender.make(inPieces(randomBytes(SIZE)))));
  while (requests(sender.machine, 'POST') < 5) await sleep(5);
  await sender.end();
  expect(requests(sender.machine, 'POST')).toBe(5);
});
