import {
  appendFileSync,
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {type CopyRequest, copyLayer, copyTree} from '../../src/layer/copy-tree.js';
import type {LayerSummary} from '../../src/layer/layer-summary.js';
import {selectTree} from '../../src/layer/select.js';
import {summarize} from '../../src/layer/summarize.js';
import {lsetxattr} from '../../src/linux/xattr.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {makeTree, type Tree} from '../helpers/tree.js';

interface Layers extends AsyncDisposable {
  readonly context: string;
  readonly first: string;
  /** Copies the context once more, the first copy at hand. */
  again(more?: Partial<CopyRequest>): Promise<{summary: LayerSummary; upper: string}>;
  /** Files of a layer that are files of the first copy, too. */
  shared(upper: string): string[];
}

const owner = {uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0};
const TIME = 1_600_000_000;

const files: Tree = {
  'app/a': 'alpha',
  'app/b': 'beta',
  'app/empty': '',
  'app/large': 'l'.repeat((2 << 20) + 3),
  'app/run': {mode: 0o755, content: '#!/bin/sh\n'},
  'app/sub/c': 'gamma',
  'app/sub/to-a': {link: '../a'},
};
const all = ['a', 'b', 'empty', 'large', 'run', 'sub/c'];
const but = (...names: readonly string[]): string[] => all.filter((name) => !names.includes(name));

async function layersOf(tree: Tree = files): Promise<Layers> {
  const folder = temporaryFolder();
  const context = join(folder.path, 'context');
  makeTree(context, tree, TIME);
  let layers = 0;
  const layer = (): string => {
    const upper = join(folder.path, `layer-${layers++}/fs`);
    mkdirSync(upper, {recursive: true});
    return upper;
  };
  const copy = (upper: string, more: Partial<CopyRequest>): Promise<LayerSummary> => {
    const {manifest} = selectTree({root: context, sources: ['app'], owner: 'root'});
    const target = {upper, lowers: []};
    return copyLayer({root: context, manifest, target, destination: '/app', owner, ...more});
  };
  const first = layer();
  await copy(first, {madeAt: TIME});
  return {
    context,
    first,
    async again(more = {}) {
      const upper = layer();
      const summary = await copy(upper, {madeAt: TIME, earlier: first, ...more});
      const plain = layer();
      await copy(plain, {madeAt: TIME, ...more, earlier: undefined});
      expect(summary).toEqual(summarize(upper));
      expect(summary).toEqual(summarize(plain));
      return {summary, upper};
    },
    shared: (upper) =>
      all.filter((name) => isSame(join(first, 'app', name), join(upper, 'app', name))),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

function isSame(one: string, other: string): boolean {
  const [first, second] = [one, other].map((path) => lstatSync(path, {throwIfNoEntry: false}));
  return first !== undefined && first.ino === second?.ino;
}

/** Writes without a trace in size and time. */
function rewrite(path: string, content: string): void {
  const {atime, mtime} = statSync(path);
  writeFileSync(path, content);
  utimesSync(path, atime, mtime);
}

test.each<{
  name: string;
  /** Between the first copy and the second. */
  meanwhile: (layers: Layers) => void;
  more?: Partial<CopyRequest>;
  shared: string[];
}>([
  {
    name: 'a file whose bytes were damaged behind its times',
    meanwhile: ({first}) => rewrite(join(first, 'app/a'), 'ALPHA'),
    shared: but('a'),
  },
  {
    name: 'a large file whose last byte was',
    meanwhile: ({first}) => rewrite(join(first, 'app/large'), `${'l'.repeat((2 << 20) + 2)}L`),
    shared: but('large'),
  },
  {
    name: 'a directory that became a symlink to the like outside of it',
    meanwhile({first}) {
      renameSync(join(first, 'app/sub'), join(first, '../outside'));
      symlinkSync('../../outside', join(first, 'app/sub'));
    },
    shared: but('sub/c'),
  },
  {
    name: 'a file that became a symlink to its like',
    meanwhile({first}) {
      renameSync(join(first, 'app/b'), join(first, 'other'));
      symlinkSync('../other', join(first, 'app/b'));
    },
    shared: but('b'),
  },
  {
    name: 'attributes that the copy has not',
    meanwhile: ({first}) => lsetxattr(join(first, 'app/a'), 'user.mine', 'kept'),
    shared: but('a'),
  },
  {
    name: 'an owner that is only written down',
    meanwhile: ({first}) => lsetxattr(join(first, 'app/a'), 'user.tsbuild.owner', '5:5'),
    shared: but('a'),
  },
  {
    name: 'attributes that the copy has',
    meanwhile: ({context}) => lsetxattr(join(context, 'app/a'), 'user.mine', 'kept'),
    shared: but('a'),
  },
  {
    name: 'bytes of the same number',
    meanwhile: ({context}) => rewrite(join(context, 'app/b'), 'BETA'),
    shared: but('b'),
  },
  {
    name: 'another size',
    meanwhile: ({context}) => appendFileSync(join(context, 'app/large'), 'l'),
    shared: but('large'),
  },
  {
    name: 'another mode',
    meanwhile: ({context}) => chmodSync(join(context, 'app/run'), 0o644),
    shared: but('run'),
  },
  {
    name: 'another time',
    meanwhile: ({context}) => utimesSync(join(context, 'app/empty'), TIME, TIME + 1),
    shared: but('empty'),
  },
  {
    name: 'a file that is new, and one that is gone',
    meanwhile({context}) {
      writeFileSync(join(context, 'app/new'), '');
      rmSync(join(context, 'app/b'));
    },
    shared: but('b'),
  },
  {name: 'nothing', meanwhile: () => undefined, shared: all},
  {
    name: 'all modes, by --chmod',
    meanwhile: () => undefined,
    more: {mode: '0600'},
    shared: [],
  },
  {
    name: 'all places',
    meanwhile: () => undefined,
    more: {destination: '/elsewhere'},
    shared: [],
  },
  {
    name: 'the layer, which is gone',
    meanwhile: ({first}) => rmSync(join(first, 'app'), {recursive: true}),
    shared: [],
  },
])('a copy is a copy, and links what is the same, when what changed is $name', async (row) => {
  await using layers = await layersOf();
  row.meanwhile(layers);
  const {upper} = await layers.again(row.more);
  expect(layers.shared(upper)).toEqual(row.shared);
});

test('two names of one file become two files, however often they are copied', async () => {
  await using layers = await layersOf({'app/a': 'alpha'});
  linkSync(join(layers.first, 'app/a'), join(layers.first, 'app/b'));
  writeFileSync(join(layers.context, 'app/b'), 'alpha');
  utimesSync(join(layers.context, 'app/b'), TIME, TIME);
  const {upper} = await layers.again();
  expect(layers.shared(upper)).toEqual(['a']);
  expect(readdirSync(join(upper, 'app'))).toEqual(['a', 'b']);
});

test('of two sources with the same name the later one is there, and the earlier layer is as it was', async () => {
  await using layers = await layersOf({'app/': '', 'one/x': 'first', 'two/x': 'other'});
  const {context, first} = layers;
  const before = join(first, 'x');
  writeFileSync(before, 'first');
  utimesSync(before, TIME, TIME);
  const upper = join(first, '../../new/fs');
  mkdirSync(upper, {recursive: true});
  const {manifest} = selectTree({root: context, sources: ['one/x', 'two/x'], owner: 'root'});
  const target = {upper, lowers: []};
  copyTree({root: context, manifest, target, destination: '/', owner, earlier: first});
  expect(readFileSync(join(upper, 'x'), 'utf8')).toBe('other');
  expect(readFileSync(before, 'utf8')).toBe('first');
});
