import {linkSync, lstatSync, mkdirSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {EntryFailedError} from '../../../src/layer/errors.js';
import {OPAQUE_XATTR, OWNER_XATTR} from '../../../src/layer/overlay-form.js';
import {type ExportTreeRequest, exportTree} from '../../../src/layer/root/export-tree.js';
import {MergedWalk} from '../../../src/layer/root/merged-walk.js';
import {makeWhiteout} from '../../../src/linux/node.js';
import {lsetxattr} from '../../../src/linux/xattr.js';
import {needs} from '../../helpers/needs.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';
import {describeTree, makeTree, type Tree} from '../../helpers/tree.js';

interface Layer {
  readonly tree: Tree;
  readonly deleted?: readonly string[];
  readonly opaque?: readonly string[];
}

/** Directories of layers, topmost first; the list is base first. */
function makeLayers(folder: string, ...layers: readonly Layer[]): string[] {
  return layers
    .map(({tree, deleted = [], opaque = []}, index) => {
      const path = join(folder, `layer${index}`, 'fs');
      makeTree(path, tree);
      for (const name of deleted) makeWhiteout(join(path, name));
      for (const name of opaque) lsetxattr(join(path, name), OPAQUE_XATTR, 'y');
      return path;
    })
    .reverse();
}

function namesOf(layers: readonly string[]): string[] {
  const walk = new MergedWalk(layers);
  const names: string[] = [];
  for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
    const {type, name, linkName} = entry.header;
    names.push(type === 'hard-link' ? `${name} = ${linkName}` : name);
  }
  return names;
}

const base: Layer = {tree: {'a/b/c': 'c', 'a/d': 'd', e: 'e', 'f/g': 'g'}};

test.each<{name: string; above: readonly Layer[]; want: readonly string[]}>([
  {
    name: 'a deleted file',
    above: [{tree: {}, deleted: ['e']}],
    want: ['a/', 'a/b/', 'a/b/c', 'a/d', 'f/', 'f/g'],
  },
  {name: 'a deleted directory', above: [{tree: {}, deleted: ['a']}], want: ['e', 'f/', 'f/g']},
  {
    name: 'a directory deleted and made again',
    above: [{tree: {}, deleted: ['a']}, {tree: {'a/new': ''}}],
    want: ['a/', 'a/new', 'e', 'f/', 'f/g'],
  },
  {
    name: 'an opaque directory',
    above: [{tree: {'a/': '', 'a/x': ''}, opaque: ['a']}],
    want: ['a/', 'a/x', 'e', 'f/', 'f/g'],
  },
  {
    name: 'an opaque root',
    above: [{tree: {only: ''}, opaque: ['.']}],
    want: ['only'],
  },
  {
    name: 'a file over a directory',
    above: [{tree: {a: 'a file'}}],
    want: ['a', 'e', 'f/', 'f/g'],
  },
  {
    name: 'a directory over a file, and what lay below it stays hidden',
    above: [{tree: {a: 'a file'}}, {tree: {'a/x': ''}}],
    want: ['a/', 'a/x', 'e', 'f/', 'f/g'],
  },
  {
    name: 'a symlink over a directory',
    above: [{tree: {a: {link: 'f'}}}],
    want: ['a', 'e', 'f/', 'f/g'],
  },
  {
    name: 'directories merged over three layers',
    above: [{tree: {'a/x': ''}}, {tree: {'a/b/y': ''}, deleted: []}],
    want: ['a/', 'a/b/', 'a/b/c', 'a/b/y', 'a/d', 'a/x', 'e', 'f/', 'f/g'],
  },
])('a walk over layers shows $name', async ({above, want}) => {
  await using folder = temporaryFolder();
  expect(namesOf(makeLayers(folder.path, base, ...above))).toEqual(want);
});

test('of hard links the first name that is still there is the file', async () => {
  await using folder = temporaryFolder();
  const [bottom = ''] = makeLayers(folder.path, {tree: {one: 'content'}});
  for (const name of ['three', 'two']) linkSync(join(bottom, 'one'), join(bottom, name));
  const top = join(folder.path, 'top', 'fs');
  mkdirSync(top, {recursive: true});
  makeWhiteout(join(top, 'one'));
  expect(namesOf([top, bottom])).toEqual(['three', 'two = three']);
});

test('an owner that was written down is the owner', async () => {
  await using folder = temporaryFolder();
  const [only = ''] = makeLayers(folder.path, {tree: {file: 'x', link: {link: 'file'}}});
  lsetxattr(join(only, 'file'), OWNER_XATTR, '7:8');
  writeFileSync(join(only, '../owners.json'), JSON.stringify({link: [9, 10]}));
  const walk = new MergedWalk([only]);
  expect(walk.next()?.header).toMatchObject({name: 'file', uid: 7, gid: 8});
  expect(walk.next()?.header).toMatchObject({name: 'link', uid: 9, gid: 10});
});

async function exported(
  tree: Tree,
  there: Tree,
  options: Partial<ExportTreeRequest> = {},
): Promise<{destination: string; folder: string} & AsyncDisposable> {
  const folder = temporaryFolder();
  const destination = join(folder.path, 'out');
  makeTree(destination, there);
  const layers = makeLayers(folder.path, {tree});
  exportTree({layers, destination, mode: 'copy', ...options});
  return {
    destination,
    folder: folder.path,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

test('a symlink in the destination is replaced, and what it leads to is not touched', async () => {
  await using folder = temporaryFolder();
  const outside = join(folder.path, 'outside');
  makeTree(outside, {file: 'mine'});
  await using out = await exported(
    {'dir/file': 'theirs', name: 'theirs'},
    {dir: {link: outside}, name: {link: join(outside, 'file')}},
  );
  expect(describeTree(outside)).toEqual(['file f0644 "mine"']);
  expect(describeTree(out.destination)).toEqual([
    'dir d0755',
    'dir/file f0644 "theirs"',
    'name f0644 "theirs"',
  ]);
});

test('what is in the way is replaced, and what is not stays', async () => {
  await using out = await exported(
    {a: 'file', 'b/c': 'file', d: {link: 'a'}},
    {'a/deep/er': 'x', b: 'x', 'd/': '', other: 'mine'},
  );
  expect(describeTree(out.destination)).toEqual([
    'a f0644 "file"',
    'b d0755',
    'b/c f0644 "file"',
    'd l0777 -> a',
    'other f0644 "mine"',
  ]);
});

test('a file that is replaced is another file: who has the old one open keeps it', async () => {
  await using folder = temporaryFolder();
  const kept = join(folder.path, 'kept');
  writeFileSync(kept, 'old');
  const destination = join(folder.path, 'out');
  mkdirSync(destination);
  linkSync(kept, join(destination, 'file'));
  exportTree({layers: makeLayers(folder.path, {tree: {file: 'new'}}), destination, mode: 'copy'});
  expect(describeTree(folder.path).filter((line) => line.includes('kept'))).toEqual([
    'kept f0644 "old"',
  ]);
});

test('with mode delete the destination is the result, links in it are removed and not followed', async () => {
  await using folder = temporaryFolder();
  makeTree(folder.path, {'outside/file': 'mine'});
  await using out = await exported(
    {'a/b': 'b', c: 'c'},
    {'a/old/deep': 'x', 'gone/x': 'x', 'a/link': {link: join(folder.path, 'outside')}, c: 'x'},
    {mode: 'delete'},
  );
  expect(describeTree(out.destination)).toEqual(['a d0755', 'a/b f0644 "b"', 'c f0644 "c"']);
  expect(readdirSync(join(folder.path, 'outside'))).toEqual(['file']);
});

test('modes and times are kept, of directories without permissions too', async (context) => {
  needs(context, 'root');
  const tree: Tree = {
    'closed/': {mode: 0o500},
    'closed/file': {mode: 0o4751, content: 'x'},
    'shared/': {mode: 0o1777},
  };
  await using out = await exported(tree, {});
  expect(describeTree(out.destination, {times: true})).toEqual([
    'closed d0500 1600000000',
    'closed/file f4751 1600000000 "x"',
    'shared d1777 1600000000',
  ]);
});

test('an epoch is the time of every file', async () => {
  const tree: Tree = {'a/b': 'b', c: {link: 'a'}};
  await using out = await exported(tree, {}, {mtime: 42});
  const times = describeTree(out.destination, {times: true}).map((line) => line.split(' ')[2]);
  expect(times).toEqual(['42', '42', '42']);
});

test('everything belongs to whoever exports, hard links stay links', async () => {
  await using folder = temporaryFolder();
  const [only = ''] = makeLayers(folder.path, {tree: {one: 'x'}});
  linkSync(join(only, 'one'), join(only, 'two'));
  lsetxattr(join(only, 'one'), OWNER_XATTR, '7:8');
  const destination = join(folder.path, 'out');
  expect(exportTree({layers: [only], destination, mode: 'copy'})).toEqual({files: 2, bytes: 1});
  const [one, two] = ['one', 'two'].map((name) => lstatSync(join(destination, name)));
  expect(one?.ino).toBe(two?.ino);
  expect(one?.uid).toBe(process.getuid?.());
});

test('a file that cannot be written is named', async () => {
  await using folder = temporaryFolder();
  const name = 'n'.repeat(200);
  const layers = makeLayers(folder.path, {tree: {[`${name}/${name}`]: 'x'}});
  // Longer than PATH_MAX, which the kernel does not take.
  const destination = `${folder.path}/${'./'.repeat(1900)}out`;
  expect(() => exportTree({layers, destination, mode: 'copy'})).toThrow(EntryFailedError);
});
