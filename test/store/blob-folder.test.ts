import {readdirSync, truncateSync, writeFileSync, writeSync} from 'node:fs';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {setTimeout as sleep} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {once, readAll} from '../../src/content/read-all.js';
import {digestOf} from '../../src/oci/digest.js';
import type {Store} from '../../src/store/store.js';
import {temporaryStore} from '../helpers/temporary-store.js';

const hello = Buffer.from('hello');
const target = {mediaType: 'text/plain', digest: digestOf(hello), size: hello.byteLength};

const drafts = (store: Store): readonly string[] =>
  readdirSync(store.paths.ingest).flatMap((owner) =>
    readdirSync(join(store.paths.ingest, owner)).filter((name) => name !== 'lock'),
  );

test.each([
  {name: 'too few', bytes: 'hell', code: 'E_SIZE_MISMATCH'},
  {name: 'too many', bytes: 'hello!', code: 'E_SIZE_MISMATCH'},
  {name: 'other', bytes: 'jello', code: 'E_DIGEST_MISMATCH'},
])('$name bytes are refused and nothing of them is kept', async ({bytes, code}) => {
  await using here = await temporaryStore();
  const {blobs, paths} = here.store;
  await expect(blobs.push(target, once(Buffer.from(bytes)))).rejects.toMatchObject({code});
  expect(readdirSync(paths.blobs)).toEqual([]);
  expect(drafts(here.store)).toEqual([]);
});

test('a source that fails halfway leaves nothing', async () => {
  await using here = await temporaryStore();
  async function* failing() {
    yield hello.subarray(0, 2);
    throw new Error('connection lost');
  }
  await expect(here.store.blobs.push(target, failing())).rejects.toThrow('connection lost');
  expect(await here.store.blobs.exists(target)).toBe(false);
  expect(drafts(here.store)).toEqual([]);
});

test.each([
  {name: 'torn', damage: (path: string) => truncateSync(path, 2), code: 'E_SIZE_MISMATCH'},
  {
    name: 'altered',
    damage: (path: string) => writeFileSync(path, 'jello'),
    code: 'E_DIGEST_MISMATCH',
  },
])('a blob that was $name on the disk is not read as if it were whole', async ({damage, code}) => {
  await using here = await temporaryStore();
  const {blobs} = here.store;
  blobs.write('text/plain', hello);
  damage(blobs.path(target.digest));
  expect(() => blobs.read(target)).toThrow(expect.objectContaining({code}));
  await blobs.push(target, Readable.from([hello]));
  damage(blobs.path(target.digest));
  await expect(readAll(blobs, target, 100)).rejects.toMatchObject({code});
});

test('a torn blob is replaced by the next push', async () => {
  await using here = await temporaryStore();
  const {blobs} = here.store;
  blobs.write('text/plain', hello);
  truncateSync(blobs.path(target.digest), 2);
  await blobs.push(target, once(hello));
  expect(blobs.read(target)).toEqual(hello);
});

test('what is not there says so', async () => {
  await using here = await temporaryStore();
  const {blobs} = here.store;
  const code = 'E_CONTENT_NOT_FOUND';
  expect(await blobs.exists(target)).toBe(false);
  expect(() => blobs.read(target)).toThrow(expect.objectContaining({code}));
  await expect(readAll(blobs, target, 100)).rejects.toMatchObject({code});
});

test('content comes back byte for byte, whoever put it there', async () => {
  await using here = await temporaryStore();
  const {blobs} = here.store;
  const chunks = Array.from({length: 100}, (_, index) => Buffer.alloc(1_000_000, index));
  const whole = Buffer.concat(chunks);
  const large = {mediaType: 'x/y', digest: digestOf(whole), size: whole.byteLength};
  const push = () => blobs.push(large, Readable.from(chunks));
  await Promise.all([push(), push(), push()]);
  expect((await readAll(blobs, large, 1e9)).equals(whole)).toBe(true);
  expect(readdirSync(here.store.paths.blobs)).toHaveLength(1);
  expect(drafts(here.store)).toEqual([]);
});

test('content that is there is not read again', async () => {
  await using here = await temporaryStore();
  here.store.blobs.write('text/plain', hello);
  async function* never(): AsyncGenerator<Uint8Array> {
    yield await Promise.reject(new Error('read'));
  }
  await here.store.blobs.push(target, never());
});

test('a draft whose digest was computed as it was written becomes a blob', async () => {
  await using here = await temporaryStore();
  const {blobs, ingest} = here.store;
  const draft = ingest.draft();
  writeFileSync(draft, hello);
  await blobs.adopt(target.digest, draft);
  expect(blobs.read(target)).toEqual(hello);
  expect(drafts(here.store)).toEqual([]);
});

/** A second writer of the file, as a program is. */
async function writing(fd: number, chunks: readonly Buffer[]): Promise<void> {
  for (const chunk of chunks) {
    writeSync(fd, chunk);
    await sleep(10);
  }
}

test('what a program writes is read behind it, and named at its end', async () => {
  await using here = await temporaryStore();
  const {blobs} = here.store;
  const chunks = Array.from({length: 8}, (_, index) => Buffer.alloc(300_000, index));
  const whole = Buffer.concat(chunks);
  const sizes: number[] = [];
  const kept = blobs.writeBehind(
    'x/y',
    (fd) => writing(fd, chunks),
    async (file) => {
      for (let size = 0; await file.exceeds(size); size += 300_000) sizes.push(size);
    },
  );
  expect(await kept).toEqual({mediaType: 'x/y', digest: digestOf(whole), size: whole.length});
  expect(blobs.read(await kept).equals(whole)).toBe(true);
  expect(sizes).toEqual(chunks.map((_, index) => index * 300_000));
});

test('a program that fails leaves nothing, and who read it meanwhile hears of it', async () => {
  await using here = await temporaryStore();
  const {blobs} = here.store;
  let reader: Promise<unknown> | undefined;
  const failing = async (fd: number): Promise<void> => {
    await writing(fd, [hello]);
    throw new RangeError('broken');
  };
  const kept = blobs.writeBehind('x/y', failing, (file) => {
    reader = file.exceeds(0).then(async () => {
      using open = file.open();
      for await (const _ of open.read());
    });
  });
  await expect(kept).rejects.toThrow(RangeError);
  await expect(reader).rejects.toThrow(RangeError);
  expect(drafts(here.store)).toEqual([]);
  expect(await blobs.list()).toEqual([]);
});

test('a blob that is open is checked where it is, and taken away when it is another', async () => {
  await using here = await temporaryStore();
  const {blobs} = here.store;
  const content = Buffer.alloc(1_000_000, 'content');
  const large = blobs.write('text/plain', content);
  using sound = await blobs.open(large);
  await sound?.settle();
  expect(await blobs.open(target)).toBeUndefined();
  writeFileSync(blobs.path(large.digest), Buffer.alloc(content.length, 'contend'));
  using altered = await blobs.open(large);
  await expect(altered?.settle()).rejects.toMatchObject({code: 'E_DIGEST_MISMATCH'});
  expect(blobs.has(large)).toBe(false);
});
