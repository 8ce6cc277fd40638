import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {summarize} from '../../src/layer/summarize.js';
import {chainID} from '../../src/oci/chain-id.js';
import {digestOf} from '../../src/oci/digest.js';
import {OverlaySnapshotter} from '../../src/snapshot/overlay-snapshotter.js';
import type {Snapshot} from '../../src/snapshot/snapshotter.js';
import type {Store} from '../../src/store/store.js';
import {needs} from '../helpers/needs.js';
import {temporaryStore} from '../helpers/temporary-store.js';

const open = ({paths, ingest}: Store, verify = (_: Snapshot) => false): OverlaySnapshotter =>
  new OverlaySnapshotter({root: paths.snapshots, ingest, verify});

/** A layer of one file, put in without a mount. */
function layer(
  snapshots: OverlaySnapshotter,
  parent: Snapshot | undefined,
  name: string,
): Snapshot {
  const draft = snapshots.prepare(parent);
  writeFileSync(join(draft.upper, name), name);
  return draft.commit(named(name));
}

const named = (name: string) => ({
  diffID: digestOf(name),
  size: name.length,
  contentDigest: digestOf(`content of ${name}`),
});

const drafts = ({paths}: Store): readonly string[] =>
  readdirSync(paths.ingest).flatMap((owner) =>
    readdirSync(join(paths.ingest, owner)).filter((name) => name !== 'lock'),
  );

/** As a power cut leaves a snapshot: written in an earlier boot, and nothing says that it reached the disk. */
function ageToLastBoot(store: Store, {id}: Snapshot): void {
  const path = join(store.paths.snapshots, id, 'record.json');
  const record = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({...record, bootID: 'of-the-boot-before'}));
}

test.each([
  {name: 'empty', damage: (path: string) => writeFileSync(path, '')},
  {name: 'half', damage: (path: string) => writeFileSync(path, '{"version":1,"chainID":"sha')},
  {name: 'missing', damage: (path: string) => rmSync(path)},
  {
    name: 'of a version to come',
    damage: (path: string) =>
      writeFileSync(path, readFileSync(path, 'utf8').replace('"version":1', '"version":2')),
  },
])('a snapshot whose record is $name is no snapshot, and is replaced', async ({damage}) => {
  await using here = await temporaryStore();
  const {id, chainID} = layer(open(here.store), undefined, 'a');
  damage(join(here.store.paths.snapshots, id, 'record.json'));
  const snapshots = open(here.store);
  expect(snapshots.find(chainID)).toBeUndefined();
  expect(snapshots.list()).toEqual([]);
  expect(layer(snapshots, undefined, 'a')).toMatchObject({id, chainID});
  expect(readFileSync(join(snapshots.find(chainID)?.path ?? '', 'a'), 'utf8')).toBe('a');
});

test('a record that names another stack of the same id is not taken for it', async () => {
  await using here = await temporaryStore();
  const first = layer(open(here.store), undefined, 'a');
  const forged = `${first.chainID.slice(0, 7 + 16)}${'0'.repeat(48)}` as const;
  const path = join(here.store.paths.snapshots, first.id, 'record.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace(first.chainID, forged));
  const snapshots = open(here.store);
  expect(snapshots.find(first.chainID)).toBeUndefined();
  expect(() => layer(snapshots, undefined, 'a')).toThrow(
    expect.objectContaining({code: 'E_SNAPSHOT_COLLISION'}),
  );
  expect(drafts(here.store)).toHaveLength(1);
});

test('after a power cut only what reached the disk, or proves to be whole, is believed', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  const writer = open(store);
  const [torn, whole, synced] = ['a', 'b', 'c'].map((name) => layer(writer, undefined, name));
  rmSync(join(store.paths.snapshots, torn!.id, 'synced'), {force: true});
  writer.sync();
  for (const each of [torn!, whole!]) rmSync(join(store.paths.snapshots, each.id, 'synced'));
  for (const each of [torn!, whole!, synced!]) ageToLastBoot(store, each);

  const asked: string[] = [];
  const verify = ({diffID}: Snapshot) => {
    asked.push(diffID);
    return diffID === whole!.diffID;
  };
  const snapshots = open(store, verify);
  expect(snapshots.find(torn!.chainID)).toBeUndefined();
  expect(snapshots.find(whole!.chainID)).toEqual(whole);
  expect(snapshots.find(synced!.chainID)).toEqual(synced);
  expect(asked).toEqual([torn!.diffID, whole!.diffID]);
  expect(open(store).find(whole!.chainID)).toEqual(whole);
  expect(layer(snapshots, undefined, 'a')).toMatchObject({chainID: torn!.chainID});
});

test('nothing is synced that is too young to be on the disk anyway', async () => {
  await using here = await temporaryStore();
  const snapshots = open(here.store);
  const {id} = layer(snapshots, undefined, 'a');
  const mark = join(here.store.paths.snapshots, id, 'synced');
  snapshots.sync({olderThan: 3_600_000});
  expect(existsSync(mark)).toBe(false);
  snapshots.sync();
  expect(existsSync(mark)).toBe(true);
});

test('of two equal layers the first stays, and both are the same snapshot', async () => {
  await using here = await temporaryStore();
  const [one, two] = [open(here.store), open(here.store)];
  const drafted = one.prepare(undefined);
  const first = layer(two, undefined, 'a');
  expect(drafted.commit(named('a'))).toEqual(first);
  expect(readdirSync(first.path)).toEqual(['a']);
  expect(drafts(here.store)).toEqual([]);
});

test('a discarded draft leaves nothing, also after it was committed', async () => {
  await using here = await temporaryStore();
  const snapshots = open(here.store);
  const draft = snapshots.prepare(undefined);
  mkdirSync(join(draft.upper, 'closed/inside'), {recursive: true});
  chmodSync(join(draft.upper, 'closed'), 0);
  draft.discard();
  draft.discard();
  expect(drafts(here.store)).toEqual([]);
  const kept = snapshots.prepare(undefined);
  const snapshot = kept.commit(named('a'));
  kept.discard();
  expect(existsSync(snapshot.path)).toBe(true);
});

test('a layer is found by its diffID wherever it lies, and no longer when it is gone', async () => {
  await using here = await temporaryStore();
  const {store} = here;
  const writer = open(store);
  const base = layer(writer, undefined, 'a');
  const low = layer(writer, undefined, 'x');
  const high = layer(writer, base, 'x');
  expect([low.id, high.id]).toContain(open(store).findLayer(digestOf('x'))?.id);
  for (const each of [high, low]) {
    expect(open(store).findLayer(digestOf('x'))).toBeDefined();
    writer.remove(each.id);
  }
  expect(open(store).findLayer(digestOf('x'))).toBeUndefined();
  expect(open(store).list()).toEqual([base]);
  await store.close();
  expect(readdirSync(store.paths.ingest)).toEqual([]);
});

test.each([
  {name: 'points to nothing', target: '0'.repeat(16)},
  {name: 'leads out of the store', target: '../../../../etc'},
])('a link by diffID that $name is only a hint', async ({target}) => {
  await using here = await temporaryStore();
  const snapshot = layer(open(here.store), undefined, 'a');
  const link = join(here.store.paths.snapshots, 'layers', snapshot.diffID.slice(7));
  rmSync(link);
  symlinkSync(target, link);
  expect(open(here.store).findLayer(snapshot.diffID)).toEqual(snapshot);
  expect(open(here.store).findLayer(digestOf('missing'))).toBeUndefined();
});

test('a stack whose base is gone is not mounted without it', async () => {
  await using here = await temporaryStore();
  const base = layer(open(here.store), undefined, 'a');
  const top = layer(open(here.store), base, 'b');
  renameSync(join(here.store.paths.snapshots, base.id), join(here.root, 'moved'));
  expect(() => open(here.store).stack(top)).toThrow(
    expect.objectContaining({code: 'E_SNAPSHOT_NOT_FOUND'}),
  );
});

test('the top directory keeps the mode its base gave it', async () => {
  await using here = await temporaryStore();
  const snapshots = open(here.store);
  const draft = snapshots.prepare(undefined);
  expect(statSync(draft.upper).mode & 0o7777).toBe(0o755);
  chmodSync(draft.upper, 0o1711);
  const base = draft.commit(named('a'));
  const next = snapshots.prepare(base);
  expect(statSync(next.upper).mode & 0o7777).toBe(0o1711);
  next.discard();
});

test('a layer written through a mount holds what changed and nothing else', async (context) => {
  needs(context, 'root');
  await using here = await temporaryStore();
  const snapshots = open(here.store);
  const base = layer(snapshots, layer(snapshots, undefined, 'a'), 'b');
  const foundation = join(here.root, 'foundation');
  mkdirSync(join(foundation, 'proc'), {recursive: true});

  const draft = snapshots.prepare(base);
  const mounted = draft.mount({foundation});
  expect(readdirSync(mounted.path)).toEqual(['a', 'b', 'proc']);
  writeFileSync(join(mounted.path, 'c'), 'c');
  rmSync(join(mounted.path, 'a'));
  mounted.unmount();
  mounted.unmount();
  const top = draft.commit(summarize(draft.upper));
  expect(top.chainID).toBe(chainID([digestOf('a'), digestOf('b'), top.diffID]));
  expect(readdirSync(top.path)).toEqual(['a', 'c']);
  expect(statSync(join(top.path, 'a')).isCharacterDevice()).toBe(true);
  expect(readdirSync(join(here.store.paths.snapshots, top.id))).toEqual([
    'fs',
    'record.json',
    'seal.json',
  ]);

  const view = snapshots.view(top);
  expect(readdirSync(view.path)).toEqual(['b', 'c']);
  expect(() => writeFileSync(join(view.path, 'd'), '')).toThrow(
    expect.objectContaining({code: 'EROFS'}),
  );
  view.unmount();
  view.unmount();
  await here.store.close();
  expect(readdirSync(here.store.paths.ingest)).toEqual([]);
});

test('a draft can be mounted again, and discarded while it is mounted', async (context) => {
  needs(context, 'root');
  await using here = await temporaryStore();
  const snapshots = open(here.store);
  const draft = snapshots.prepare(undefined);
  const first = draft.mount();
  writeFileSync(join(first.path, 'a'), '');
  first.unmount();
  const second = draft.mount();
  expect(readdirSync(second.path)).toEqual(['a']);
  draft.discard();
  await here.store.close();
  expect(readdirSync(here.store.paths.ingest)).toEqual([]);
});

test('two stacks mounted at once are two roots, and their mount points serve again', async (context) => {
  needs(context, 'root');
  await using here = await temporaryStore();
  const snapshots = open(here.store);
  const [one, two] = [layer(snapshots, undefined, 'a'), layer(snapshots, undefined, 'b')];
  const [first, second] = [snapshots.view(one), snapshots.view(two)];
  expect([readdirSync(first.path), readdirSync(second.path)]).toEqual([['a'], ['b']]);
  first.unmount();
  const third = snapshots.view(two);
  expect(third.path).toBe(first.path);
  expect([readdirSync(second.path), readdirSync(third.path)]).toEqual([['b'], ['b']]);
  second.unmount();
  third.unmount();
});

test('the empty root can be seen, and not written', async (context) => {
  needs(context, 'root');
  await using here = await temporaryStore();
  const view = open(here.store).view(undefined);
  expect(readdirSync(view.path)).toEqual([]);
  expect(() => mkdirSync(join(view.path, 'a'))).toThrow(expect.objectContaining({code: 'EROFS'}));
  view.unmount();
});

test('a stack of 499 layers is one root', async (context) => {
  needs(context, 'root');
  await using here = await temporaryStore();
  const snapshots = open(here.store);
  let top: Snapshot | undefined;
  for (let index = 0; index < 499; index++) top = layer(snapshots, top, `file-${index}`);
  const view = open(here.store).view(top);
  try {
    expect(readdirSync(view.path)).toHaveLength(499);
  } finally {
    view.unmount();
  }
});
