import {
  linkSync,
  lstatSync,
  mkdirSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {type CopyRequest, copyLayer, copyTree, isDirectoryIn} from '../../src/layer/copy-tree.js';
import {selectTree} from '../../src/layer/select.js';
import {summarize} from '../../src/layer/summarize.js';
import {parseMode} from '../../src/layer/target/file-mode.js';
import {lsetxattr} from '../../src/linux/xattr.js';
import {needs} from '../helpers/needs.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {describeTree, makeTree, type Tree} from '../helpers/tree.js';

interface Bench extends AsyncDisposable {
  readonly context: string;
  readonly upper: string;
  readonly lowers: readonly string[];
  copy(
    sources: readonly string[],
    destination: string,
    more?: Partial<CopyRequest>,
  ): Promise<string[]>;
}

const owner = {uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0};

function benchOf(tree: Tree, ...lowerTrees: readonly Tree[]): Bench {
  const folder = temporaryFolder();
  const context = join(folder.path, 'context');
  const upper = join(folder.path, 'layer/fs');
  makeTree(context, tree);
  mkdirSync(upper, {recursive: true});
  const lowers = lowerTrees.map((lower, index) => {
    const path = join(folder.path, `lower-${index}`);
    makeTree(path, lower);
    return path;
  });
  makeTree(join(folder.path, 'outside'), {});
  return {
    context,
    upper,
    lowers,
    copy: async (sources, destination, more = {}) => {
      const {manifest} = await selectTree({root: context, sources, owner: 'root'});
      await copyTree({
        root: context,
        manifest,
        target: {upper, lowers},
        destination,
        owner,
        madeAt: 1000,
        ...more,
      });
      return describeTree(upper);
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const tree: Tree = {
  f: 'f',
  g: 'g',
  'd/x': 'x',
  'd/s/y': 'y',
  'd/l': {link: '../f'},
  'e/x': 'other',
  'e/z': 'z',
};

test.each(
  [
    {
      name: 'a file over a directory',
      sources: ['f'],
      to: '/dir',
      want: ['dir d0755', 'dir/f f0644 "f"'],
      code: undefined,
    },
    {
      name: 'a file over a directory of its name',
      sources: ['f'],
      to: '/has/',
      code: 'E_IS_A_DIRECTORY',
    },
    {name: 'a directory over a file', sources: ['d'], to: '/file', code: 'E_NOT_A_DIRECTORY'},
    {
      name: 'a directory over a file inside',
      sources: ['d'],
      to: '/clash',
      code: 'E_NOT_A_DIRECTORY',
    },
    {
      name: 'a file over a directory inside',
      sources: ['d'],
      to: '/clash2',
      code: 'E_IS_A_DIRECTORY',
    },
    {name: 'a file as directory', sources: ['f'], to: '/file/', code: 'E_NOT_A_DIRECTORY'},
    {name: 'a path through a file', sources: ['f'], to: '/file/x', code: 'E_NOT_A_DIRECTORY'},
    {
      name: 'several files to one name',
      sources: ['f', 'g'],
      to: '/new',
      code: 'E_DESTINATION_NOT_DIRECTORY',
    },
    {name: 'a destination that loops', sources: ['f'], to: '/loop/x', code: 'E_SYMLINK_LOOP'},
    {
      name: 'a mode that is none',
      sources: ['f'],
      to: '/x',
      more: {mode: 'rwx'},
      code: 'E_BAD_MODE',
    },
  ].filter(({code}) => code !== undefined),
)('refuses $name', async ({sources, to, code, more = {}}) => {
  await using bench = benchOf(tree, {
    'dir/': '',
    file: 'x',
    'has/f/': '',
    'clash/s': 'a file',
    'clash2/x/': '',
    loop: {link: 'loop'},
  });
  await expect(bench.copy(sources, to, more)).rejects.toMatchObject({code});
});

const content = ['l l0777 -> ../f', 's d0755', 's/y f0644 "y"', 'x f0644 "x"'];
const under = (directory: string, lines: readonly string[]) =>
  lines.map((line) => `${directory}/${line}`);

test.each<{
  name: string;
  sources: string[];
  to: string;
  want: string[];
  lower?: Tree;
  lower2?: Tree;
}>([
  {name: 'a file to a new name', sources: ['f'], to: '/a/b', want: ['a d0755', 'a/b f0644 "f"']},
  {
    name: 'a file into a new directory',
    sources: ['f'],
    to: '/a/b/',
    want: ['a d0755', 'a/b d0755', 'a/b/f f0644 "f"'],
  },
  {
    name: 'a file into a directory that is there',
    sources: ['f'],
    to: '/dir',
    lower: {'dir/': {mode: 0o700}},
    want: ['dir d0700', 'dir/f f0644 "f"'],
  },
  {name: 'a file over a file', sources: ['f'], to: '/g', lower: {g: 'old'}, want: ['g f0644 "f"']},
  {name: 'a file to the root', sources: ['f'], to: '/', want: ['f f0644 "f"']},
  {
    name: 'a directory to a new name: its content',
    sources: ['d'],
    to: '/a',
    want: ['a d0755', ...under('a', content)],
  },
  {name: 'a directory to the root', sources: ['d'], to: '/', want: content},
  {
    name: 'a directory onto one that is there: they merge',
    sources: ['d'],
    to: '/a',
    lower: {'a/old': '', 'a/x': 'old', 'a/s/': {mode: 0o700}},
    want: ['a d0755', ...under('a', content)],
  },
  {
    name: 'several sources: the last wins',
    sources: ['d', 'e', 'f'],
    to: '/a/',
    want: [
      'a d0755',
      'a/f f0644 "f"',
      'a/l l0777 -> ../f',
      'a/s d0755',
      'a/s/y f0644 "y"',
      'a/x f0644 "other"',
      'a/z f0644 "z"',
    ],
  },
  {
    name: 'several directories, no slash',
    sources: ['d', 'e'],
    to: '/a',
    want: [
      'a d0755',
      'a/l l0777 -> ../f',
      'a/s d0755',
      'a/s/y f0644 "y"',
      'a/x f0644 "other"',
      'a/z f0644 "z"',
    ],
  },
  {
    name: 'through a symlinked directory',
    sources: ['f'],
    to: '/link/',
    lower: {'real/': '', link: {link: '/real'}},
    want: ['real d0755', 'real/f f0644 "f"'],
  },
  {
    name: 'through a symlink that leads out',
    sources: ['f'],
    to: '/link/',
    lower: {link: {link: '../../outside'}},
    want: ['outside d0755', 'outside/f f0644 "f"'],
  },
  {
    name: 'onto a symlink: its target is written',
    sources: ['f'],
    to: '/link',
    lower: {link: {link: 'real/file'}, 'real/file': 'old'},
    want: ['real d0755', 'real/file f0644 "f"'],
  },
  {
    name: 'into a directory, over a symlink of its name',
    sources: ['f'],
    to: '/a/',
    lower: {'a/f': {link: '/etc'}},
    want: ['a d0755', 'a/f f0644 "f"'],
  },
  {
    name: 'a directory where a symlink to one stands inside',
    sources: ['d'],
    to: '/a',
    lower: {'a/s': {link: '../real'}, 'real/': ''},
    want: ['a d0755', 'a/l l0777 -> ../f', 'a/x f0644 "x"', 'real d0755', 'real/y f0644 "y"'],
  },
  {
    name: 'into a directory that a middle layer deleted',
    sources: ['f'],
    to: '/a/b/',
    lower: {'.keep': ''},
    lower2: {'a/b/': {mode: 0o700}},
    want: ['a d0755', 'a/b d0700', 'a/b/f f0644 "f"'],
  },
])('copies $name', async ({sources, to, want, lower, lower2}) => {
  await using bench = benchOf(tree, ...[lower, lower2].filter((each) => each !== undefined));
  expect(await bench.copy(sources, to)).toEqual(want);
});

test("directories made for the destination are 0755 whatever --chmod says, and of the copy's owner", async (context) => {
  needs(context, 'root');
  await using bench = benchOf(tree);
  await bench.copy(['d'], '/a/b', {mode: '0600', owner: {uid: 12, gid: 34}});
  expect(describeTree(bench.upper, {owners: true})).toEqual([
    'a d0755 12:34',
    'a/b d0755 12:34',
    'a/b/l l0777 12:34 -> ../f',
    'a/b/s d0600 12:34',
    'a/b/s/y f0600 12:34 "y"',
    'a/b/x f0600 12:34 "x"',
  ]);
});

test('keeps times in whole seconds, those of directories and symlinks too', async () => {
  await using bench = benchOf(tree);
  await bench.copy(['d'], '/a');
  const times = describeTree(bench.upper, {times: true}).map((line) =>
    line.split(' ').slice(0, 3).join(' '),
  );
  expect(times).toEqual([
    'a d0755 1000',
    'a/l l0777 1600000000',
    'a/s d0755 1600000000',
    'a/s/y f0644 1600000000',
    'a/x f0644 1600000000',
  ]);
});

test('a lower directory that is copied into keeps its time', async () => {
  await using bench = benchOf(tree, {'a/b/': {mode: 0o1777}});
  await bench.copy(['f'], '/a/b/');
  expect(describeTree(bench.upper, {times: true})).toEqual([
    'a d0755 1600000000',
    'a/b d1777 1600000000',
    'a/b/f f0644 1600000000 "f"',
  ]);
});

test('hard links become separate files, attributes come along, holes stay holes', async () => {
  await using bench = benchOf({'d/a': 'a'});
  linkSync(join(bench.context, 'd/a'), join(bench.context, 'd/b'));
  lsetxattr(join(bench.context, 'd/a'), 'user.mine', 'kept');
  writeFileSync(join(bench.context, 'd/sparse'), 'start');
  truncateSync(join(bench.context, 'd/sparse'), 50 << 20);
  expect(await bench.copy(['d'], '/')).toEqual([
    'a f0644 "a" user.mine=kept',
    'b f0644 "a" user.mine=kept',
    expect.stringContaining('sparse f0644 "start'),
  ]);
  expect(statSync(join(bench.upper, 'a')).nlink).toBe(1);
  expect(lstatSync(join(bench.upper, 'sparse'))).toMatchObject({size: 50 << 20});
  expect(statSync(join(bench.upper, 'sparse')).blocks).toBeLessThan(1000);
});

test('a file that changed its size since it was selected is an error', async () => {
  await using bench = benchOf({f: 'f'});
  const {manifest} = await selectTree({root: bench.context, sources: ['f'], owner: 'root'});
  writeFileSync(join(bench.context, 'f'), 'longer');
  const request = {root: bench.context, manifest, target: bench, destination: '/f', owner};
  await expect((async () => copyTree(request))()).rejects.toMatchObject({code: 'E_FILE_CHANGED'});
});

test('a file that became a symlink since it was selected is not followed', async () => {
  await using bench = benchOf({f: 'secret', g: 'secret'});
  const {manifest} = await selectTree({root: bench.context, sources: ['f'], owner: 'root'});
  const {rmSync} = await import('node:fs');
  rmSync(join(bench.context, 'f'));
  symlinkSync('g', join(bench.context, 'f'));
  const request = {root: bench.context, manifest, target: bench, destination: '/f', owner};
  await expect((async () => copyTree(request))()).rejects.toMatchObject({code: 'E_ENTRY_FAILED'});
});

test.each([
  {destination: '/a', is: true},
  {destination: '/b', is: false},
  {destination: '/link', is: true},
  {destination: '/none', is: false},
  {destination: '/none/', is: true},
  {destination: '/', is: true},
])('$destination is a directory: $is', async ({destination, is}) => {
  await using bench = benchOf({}, {'a/': '', b: '', link: {link: 'a'}});
  expect(isDirectoryIn(bench, destination)).toBe(is);
});

test.each<[text: string, mode: number, isDirectory: boolean, result: number]>([
  ['755', 0o644, false, 0o755],
  ['07777', 0, false, 0o7777],
  ['0', 0o777, true, 0],
  ['u=rwX,go=rX', 0o600, false, 0o644],
  ['u=rwX,go=rX', 0o700, false, 0o755],
  ['u=rwX,go=rX', 0o600, true, 0o755],
  ['+x', 0o644, false, 0o755],
  ['a-w', 0o666, false, 0o444],
  ['g=u', 0o640, false, 0o660],
  ['go=', 0o777, false, 0o700],
  ['u+s,g+s,+t', 0o755, false, 0o7755],
  ['u=rx', 0o4755, false, 0o555],
  ['g=rx', 0o2775, true, 0o2755],
  ['u+rw-x', 0o100, false, 0o600],
  ['o-rwx,u+w', 0o555, false, 0o750],
])('chmod %s of %o', (text, mode, isDirectory, result) => {
  expect(parseMode(text)(mode, isDirectory).toString(8)).toBe(result.toString(8));
});

test.each(['', 'x', '8', '17777', '0o755', 'u', 'u=z', 'u=rw,', '=rwx g', '-1', 'z+x', 'u==ug'])(
  'chmod %j is refused',
  (text) => {
    expect(() => parseMode(text)).toThrow(expect.objectContaining({code: 'E_BAD_MODE'}));
  },
);

const large: Tree = {
  ...tree,
  'd/s/mid': 'm'.repeat(300_000),
  'd/edge': 'e'.repeat(1 << 20),
  'd/large': 'l'.repeat((3 << 20) + 5),
  'd/very': 'v'.repeat(9 << 20),
  'd/empty': '',
  'd/a.b': '',
  'd/a/x': '',
  'd/a0': '',
  'd/caf\u00e9': 'text',
  [`d/${'n'.repeat(120)}/${'m'.repeat(200)}`]: 'long',
};

test.each<{name: string; sources: string[]; to: string; lower?: Tree; more?: Partial<CopyRequest>}>(
  [
    {name: 'a directory to a new one', sources: ['d'], to: '/a/b'},
    {name: 'a directory to the root', sources: ['d'], to: '/'},
    {
      name: 'a directory into what is there',
      sources: ['d'],
      to: '/a',
      lower: {'a/s/old': '', 'a/x': 'old'},
    },
    {
      name: 'a directory below what is there',
      sources: ['d'],
      to: '/a/new',
      lower: {'a/': {mode: 0o1777}},
    },
    {
      name: 'a directory through a symlink',
      sources: ['d'],
      to: '/link/new',
      lower: {link: {link: 'a'}, 'a/': ''},
    },
    {
      name: 'a directory to the root, a symlink inside',
      sources: ['d'],
      to: '/',
      lower: {s: {link: 'z'}, 'z/': ''},
    },
    {name: 'a small file', sources: ['f'], to: '/a/b/'},
    {name: 'a large file', sources: ['d/large'], to: '/a'},
    {name: 'a very large file', sources: ['d/very'], to: '/a'},
    {name: 'several sources', sources: ['d', 'e', 'f', 'd/very'], to: '/a/'},
    {name: 'another mode', sources: ['d'], to: '/a', more: {mode: 'u+s,go-r'}},
  ],
)(
  'the summary of a copy is that of the directory it made: $name',
  async ({sources, to, lower, more = {}}) => {
    await using bench = benchOf(large, ...(lower === undefined ? [] : [lower]));
    lsetxattr(join(bench.context, 'd/x'), 'user.mine', 'kept');
    truncateSync(join(bench.context, 'd/s/mid'), 20 << 20);
    const {manifest} = await selectTree({root: bench.context, sources, owner: 'root'});
    const summary = await copyLayer({
      root: bench.context,
      manifest,
      target: bench,
      destination: to,
      owner,
      madeAt: 1000,
      ...more,
    });
    expect(summary).toEqual(summarize(bench.upper));
    const plain = join(bench.upper, '../../plain/fs');
    mkdirSync(plain, {recursive: true});
    copyTree({
      root: bench.context,
      manifest,
      target: {upper: plain, lowers: bench.lowers},
      destination: to,
      owner,
      madeAt: 1000,
      ...more,
    });
    expect(summarize(plain)).toEqual(summary);
  },
);
