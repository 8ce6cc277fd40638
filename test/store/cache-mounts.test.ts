import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {lockCacheMount} from '../../src/store/cache-mount-exchange.js';
import {listCacheMounts, removeCacheMount} from '../../src/store/cache-mount-folders.js';
import {
  type CacheMountEvents,
  type CacheMountHolder,
  type CacheMountRequest,
  CacheMounts,
} from '../../src/store/cache-mounts.js';
import {temporaryStore} from '../helpers/temporary-store.js';

async function bench() {
  const {store, root, [Symbol.asyncDispose]: dispose} = await temporaryStore();
  const holders: (CacheMountHolder | undefined)[] = [];
  const mounts = new CacheMounts(store.paths.mounts, store.ingest);
  const events: CacheMountEvents = {
    signal: new AbortController().signal,
    onWait: (holder) => holders.push(holder),
    make: async (path) => void mkdirSync(path),
  };
  const request = {id: '/one', variant: '', user: 'RUN make'};
  const acquire = (change: Partial<CacheMountRequest>, other: Partial<CacheMountEvents> = {}) =>
    mounts.acquire({...request, sharing: 'shared', ...change}, {...events, ...other});
  const {ingest} = store;
  return {acquire, holders, ingest, folder: join(root, 'mounts'), [Symbol.asyncDispose]: dispose};
}

test('whoever waits for a locked one is told who has it, and gets it afterwards', async () => {
  await using place = await bench();
  const first = await place.acquire({sharing: 'locked', user: 'RUN first'});
  let had = false;
  const second = place.acquire({sharing: 'locked', user: 'RUN second'}).then((mount) => {
    had = true;
    return mount;
  });
  await sleep(100);
  expect(had).toBe(false);
  expect(place.holders).toMatchObject([{user: 'RUN first', process: process.pid}]);
  first[Symbol.dispose]();
  using again = await second;
  expect(again.path).toBe(first.path);
});

test('an abort ends the wait', async () => {
  await using place = await bench();
  using _first = await place.acquire({sharing: 'locked'});
  const abort = new AbortController();
  const second = place.acquire({sharing: 'shared'}, {signal: abort.signal});
  abort.abort(new Error('enough'));
  await expect(second).rejects.toThrow('enough');
});

test('a private one is the first that nobody uses', async () => {
  await using place = await bench();
  const first = await place.acquire({sharing: 'private'});
  using second = await place.acquire({sharing: 'private'});
  expect(second.path).not.toBe(first.path);
  first[Symbol.dispose]();
  using third = await place.acquire({sharing: 'private'});
  expect(third.path).toBe(first.path);
  expect(place.holders).toEqual([]);
});

test('shared ones are the same directory, made once, and another variant is another', async () => {
  await using place = await bench();
  let made = 0;
  const make = async (path: string): Promise<void> => {
    await sleep(20);
    mkdirSync(path);
    made++;
  };
  const both = await Promise.all([place.acquire({}, {make}), place.acquire({}, {make})]);
  using other = await place.acquire({variant: 'other'});
  expect(both[0].path).toBe(both[1].path);
  expect(other.path).not.toBe(both[0].path);
  expect(made).toBe(1);
  for (const mount of both) mount[Symbol.dispose]();
});

test('a first content that fails leaves nothing, and the next one makes it', async () => {
  await using place = await bench();
  const make = async (path: string): Promise<void> => {
    mkdirSync(path);
    writeFileSync(join(path, 'half'), '');
    throw new Error('no room');
  };
  await expect(place.acquire({sharing: 'locked'}, {make})).rejects.toThrow('no room');
  using mount = await place.acquire({sharing: 'locked'});
  expect(readdirSync(mount.path)).toEqual([]);
});

test.each(['shared', 'private', 'locked'] as const)(
  'a %s one that somebody removed is there again',
  async (sharing) => {
    await using place = await bench();
    const first = await place.acquire({sharing});
    writeFileSync(join(first.path, 'file'), '');
    first[Symbol.dispose]();
    rmSync(place.folder, {recursive: true});
    using second = await place.acquire({sharing});
    expect(existsSync(second.path)).toBe(true);
    expect(readdirSync(second.path)).toEqual([]);
  },
);

test('one that is removed while somebody waits is made anew', async () => {
  await using place = await bench();
  const first = await place.acquire({sharing: 'locked'});
  const second = place.acquire({sharing: 'locked'});
  await sleep(20);
  rmSync(place.folder, {recursive: true});
  first[Symbol.dispose]();
  using mount = await second;
  expect(existsSync(mount.path)).toBe(true);
});

test('of two that prune one at once, one has removed it', async () => {
  await using place = await bench();
  (await place.acquire({}))[Symbol.dispose]();
  const [{path = ''} = {}] = listCacheMounts(place.folder);
  const {ingest} = place;
  const removals = [1, 2].map(() => removeCacheMount(place.folder, path, ingest));
  expect(removals).toEqual([true, false]);
  expect(await lockCacheMount(join(place.folder, path))).toBeUndefined();
  expect([...listCacheMounts(place.folder)]).toEqual([]);
});

test('one that was pruned and is used again while its lock was waited for is not the one to export', async () => {
  await using place = await bench();
  const first = await place.acquire({sharing: 'locked'});
  const [{path = ''} = {}] = listCacheMounts(place.folder);
  const waiting = lockCacheMount(join(place.folder, path));
  place.ingest.moveAway(join(place.folder, path));
  using _again = await place.acquire({sharing: 'locked'});
  first[Symbol.dispose]();
  expect(await waiting).toBeUndefined();
});

test('the record says which id it is', async () => {
  await using place = await bench();
  using _mount = await place.acquire({id: 'npm/../../x'});
  const [name = ''] = readdirSync(place.folder);
  expect(name).toMatch(/^[0-9a-f]{16}$/);
  const record = JSON.parse(readFileSync(join(place.folder, name, 'record.json'), 'utf8'));
  expect(record).toMatchObject({id: 'npm/../../x', variant: ''});
});
