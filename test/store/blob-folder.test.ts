import {readdirSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Readable} from 'node:stream';
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
