import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {digestOf} from '../../src/oci/digest.js';
import {openStore} from '../../src/store/store.js';
import {runScript} from '../helpers/child-script.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

const script = 'test/store/programs/use-store.ts';
const shared = {lock: 'shared'} as const;

test('a path that is a file is no store', async () => {
  await using folder = temporaryFolder();
  const root = join(folder.path, 'file');
  writeFileSync(root, '');
  await expect(openStore(root, shared)).rejects.toMatchObject({code: 'E_STORE_UNUSABLE'});
});

test('processes that make, fill and tag one store at once lose nothing', async () => {
  await using folder = temporaryFolder();
  const root = join(folder.path, 'store');
  const names = ['a', 'b', 'c', 'd'];
  const users = names.map((name) => runScript(script, root, 'tag', name));
  expect(await Promise.all(users.map((user) => user.ended()))).toEqual([0, 0, 0, 0]);

  await using store = await openStore(root, shared);
  const images = store.images.list();
  expect(images.flatMap((image) => image.names)).toHaveLength(80);
  for (const image of images) expect(store.images.config(image).rootfs.diff_ids).toHaveLength(2);
  expect(readdirSync(store.paths.ingest)).toEqual([]);
});

test('a process killed while it pushes leaves a store that is whole', async () => {
  await using folder = temporaryFolder();
  const root = join(folder.path, 'store');
  for (let round = 0; round < 5; round++) {
    await using user = runScript(script, root, 'push');
    await user.said('pushing');
    await new Promise((after) => setTimeout(after, 40 * round));
    user.process.kill('SIGKILL');
    await user.ended();

    await using store = await openStore(root, shared);
    expect(readdirSync(store.paths.ingest)).toEqual([]);
    for (const digest of await store.blobs.list()) {
      expect(digestOf(readFileSync(store.blobs.path(digest)))).toBe(digest);
    }
    for (const {target} of store.references.list()) expect(store.blobs.has(target)).toBe(true);
  }
});

test('what a living process writes is never swept, what a dead one left is', async () => {
  await using folder = temporaryFolder();
  const root = join(folder.path, 'store');
  await using user = runScript(script, root, 'hold');
  await user.said('holding');
  const ingest = join(root, 'ingest');
  const [owner = ''] = readdirSync(ingest);
  writeFileSync(join(ingest, owner, 'draft'), 'half');

  await using store = await openStore(root, shared);
  expect(existsSync(join(ingest, owner, 'draft'))).toBe(true);
  user.process.kill('SIGKILL');
  await user.ended();
  store.ingest.sweep();
  expect(readdirSync(ingest)).toEqual([]);
});

test('strange things in ingest are swept without following them', async () => {
  await using folder = temporaryFolder();
  const root = join(folder.path, 'store');
  await (await openStore(root, shared)).close();
  const kept = join(folder.path, 'kept');
  mkdirSync(join(kept, 'inside'), {recursive: true});
  writeFileSync(join(root, 'ingest/file'), '');
  symlinkSync(kept, join(root, 'ingest/link'));
  symlinkSync('nowhere', join(root, 'ingest/dangling'));
  await using store = await openStore(root, shared);
  expect(readdirSync(store.paths.ingest)).toEqual([]);
  expect(readdirSync(kept)).toEqual(['inside']);
});

test('who wants the store alone waits for the others, or says that it is in use', async () => {
  await using folder = temporaryFolder();
  const root = join(folder.path, 'store');
  await using user = runScript(script, root, 'hold');
  await user.said('holding');
  await expect(openStore(root, {lock: 'exclusive', wait: false})).rejects.toMatchObject({
    code: 'E_STORE_BUSY',
  });
  await using store = await openStore(root, shared);
  const act = async () => true;
  await expect(store.exclusively(act, {wait: false})).rejects.toMatchObject({code: 'E_STORE_BUSY'});
  const waiting = store.exclusively(act);
  user.process.kill('SIGKILL');
  expect(await waiting).toBe(true);
  expect(store.isExclusive).toBe(false);
});

test('one who shares keeps out one who wants it alone, in the same process too', async () => {
  await using folder = temporaryFolder();
  const root = join(folder.path, 'store');
  const first = await openStore(root, shared);
  await expect(openStore(root, {lock: 'exclusive', wait: false})).rejects.toMatchObject({
    code: 'E_STORE_BUSY',
  });
  await first.close();
  await using alone = await openStore(root, {lock: 'exclusive', wait: false});
  expect(alone.isExclusive).toBe(true);
  await expect(openStore(root, {...shared, wait: false})).rejects.toMatchObject({
    code: 'E_STORE_BUSY',
  });
});
