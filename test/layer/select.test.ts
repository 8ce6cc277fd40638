import {
  chmodSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {readManifest} from '../../src/layer/manifest.js';
import {type SelectRequest, selectTree} from '../../src/layer/select.js';
import {lsetxattr} from '../../src/linux/xattr.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {makeTree, type Tree} from '../helpers/tree.js';

interface Context extends AsyncDisposable {
  readonly root: string;
  path(name: string): string;
  select(
    sources: readonly string[],
    more?: Partial<SelectRequest>,
  ): Promise<{digest: string; paths: string[]}>;
}

function contextOf(tree: Tree): Context {
  const folder = temporaryFolder();
  const root = join(folder.path, 'context');
  makeTree(join(folder.path, 'outside'), {secret: 'outside'});
  makeTree(root, tree);
  return {
    root,
    path: (name) => join(root, name),
    select: async (sources, more = {}) => {
      const {digest, manifest} = await selectTree({root, sources, owner: 'root', ...more});
      const entries = [...readManifest(manifest)];
      return {
        digest,
        paths: entries.map(({kind, path, link}) => (kind === 'source' ? `${path}:${link}` : path)),
      };
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const tree: Tree = {
  'app.js': 'app',
  'data.txt': 'data',
  'dir/a.txt': 'a',
  'dir/b.md': 'b',
  'dir/sub/c.txt': 'c',
  'other/d.txt': 'd',
  '[x]': 'bracket',
  link: {link: 'data.txt'},
  'link-dir': {link: 'dir'},
  out: {link: '../outside/secret'},
  'out-dir': {link: '/../../outside'},
  loop: {link: 'loop'},
  dangling: {link: 'nothing'},
};

test.each([
  {name: 'a plain file that is missing', sources: ['missing'], code: 'E_SOURCE_MISSING'},
  {name: 'one missing among others', sources: ['app.js', 'missing'], code: 'E_SOURCE_MISSING'},
  {name: 'a path through a file', sources: ['app.js/x'], code: 'E_SOURCE_MISSING'},
  {name: 'a symlink out of the root', sources: ['out'], code: 'E_SOURCE_MISSING'},
  {
    name: 'a directory symlink out of the root',
    sources: ['out-dir/secret'],
    code: 'E_SOURCE_MISSING',
  },
  {name: 'a dangling symlink', sources: ['dangling'], code: 'E_SOURCE_MISSING'},
  {name: 'a symlink to itself', sources: ['loop'], code: 'E_SYMLINK_LOOP'},
  {name: 'a bad pattern', sources: ['[a'], code: 'E_BAD_PATTERN'},
  {name: 'a bad ignore pattern', sources: ['.'], ignore: ['['], code: 'E_BAD_PATTERN'},
  {
    name: 'a file that is ignored',
    sources: ['data.txt'],
    ignore: ['*.txt'],
    code: 'E_SOURCE_MISSING',
  },
  {
    name: 'a link to what is ignored',
    sources: ['link'],
    ignore: ['data.txt'],
    code: 'E_SOURCE_MISSING',
  },
  {
    name: 'a directory that is ignored',
    sources: ['dir'],
    ignore: ['dir'],
    code: 'E_SOURCE_MISSING',
  },
])('refuses $name', async ({sources, ignore, code}) => {
  await using context = contextOf(tree);
  const request = context.select(sources, ignore === undefined ? {} : {ignore});
  await expect(request).rejects.toMatchObject({code});
});

test.each([
  {source: 'dta.txt', hint: /"data.txt"/},
  {source: 'dir/a.text', hint: /"a.txt"/},
  {source: 'data.txt', hint: /pattern "\*\.txt"/},
])('a missing $source has a hint', async ({source, hint}) => {
  await using context = contextOf(tree);
  await expect(context.select([source], {ignore: ['other', '*.txt']})).rejects.toMatchObject({
    source,
    hint: expect.stringMatching(hint),
  });
});

test.each<{sources: string[]; paths: string[]; ignore?: string[]; excludes?: string[]}>([
  {sources: ['app.js'], paths: ['app.js:app.js', '']},
  {sources: ['/app.js'], paths: ['app.js:app.js', '']},
  {sources: ['../../app.js'], paths: ['app.js:app.js', '']},
  {sources: ['dir/'], paths: ['dir:dir', '', 'a.txt', 'b.md', 'sub', 'sub/c.txt']},
  {sources: ['dir/../other'], paths: ['other:other', '', 'd.txt']},
  {sources: ['link'], paths: ['data.txt:link', '']},
  {sources: ['link-dir'], paths: ['dir:link-dir', '', 'a.txt', 'b.md', 'sub', 'sub/c.txt']},
  {sources: ['link-dir/sub/../a.txt'], paths: ['dir/a.txt:a.txt', '']},
  {sources: ['*.js', '*.none'], paths: ['app.js:app.js', '']},
  {sources: ['d*/*.txt'], paths: ['dir/a.txt:a.txt', '']},
  {sources: ['*/sub'], paths: ['dir/sub:sub', '', 'c.txt']},
  {sources: ['link-*/a.txt', 'app.js'], paths: ['app.js:app.js', '']},
  {sources: ['[[]x]'], paths: ['[x]:[x]', '']},
  {
    sources: ['dir'],
    ignore: ['dir/*', '!dir/sub/c.txt'],
    paths: ['dir:dir', '', 'sub', 'sub/c.txt'],
  },
  {sources: ['dir'], ignore: ['**/*.txt'], paths: ['dir:dir', '', 'b.md', 'sub']},
  {
    sources: ['d*'],
    ignore: ['data.txt', 'dangling'],
    paths: ['dir:dir', '', 'a.txt', 'b.md', 'sub', 'sub/c.txt'],
  },
  {sources: ['dir'], excludes: ['*.txt'], paths: ['dir:dir', '', 'b.md', 'sub', 'sub/c.txt']},
  {
    sources: ['dir'],
    excludes: ['**/*.txt', '!sub/*'],
    paths: ['dir:dir', '', 'b.md', 'sub', 'sub/c.txt'],
  },
  {
    sources: ['app.js', 'data.txt'],
    excludes: ['*.txt'],
    paths: ['app.js:app.js', ''],
  },
])('takes $sources without $ignore and $excludes', async ({sources, paths, ...more}) => {
  await using context = contextOf(tree);
  expect((await context.select(sources, more)).paths).toEqual(paths);
});

type Change = (context: Context) => void;
const sourceCases: readonly {
  name: string;
  sources: string[];
  change: Change;
  same: boolean;
  more?: Partial<SelectRequest>;
}[] = [
  {
    name: 'content',
    sources: ['dir'],
    change: (c) => writeFileSync(c.path('dir/a.txt'), 'A'),
    same: false,
  },
  {
    name: 'a mode',
    sources: ['dir'],
    change: (c) => chmodSync(c.path('dir/a.txt'), 0o755),
    same: false,
  },
  {
    name: 'a directory mode',
    sources: ['dir'],
    change: (c) => chmodSync(c.path('dir/sub'), 0o700),
    same: false,
  },
  {
    name: 'a name',
    sources: ['dir'],
    change: (c) => renameSync(c.path('dir/a.txt'), c.path('dir/z.txt')),
    same: false,
  },
  {
    name: 'a new file',
    sources: ['dir'],
    change: (c) => writeFileSync(c.path('dir/new'), ''),
    same: false,
  },
  {
    name: 'a new empty directory',
    sources: ['dir'],
    change: (c) => mkdirSync(c.path('dir/new')),
    same: false,
  },
  {
    name: 'a symlink target',
    sources: ['.'],
    change: (c) => {
      rmSync(c.path('link'));
      symlinkSync('app.js', c.path('link'));
    },
    same: false,
  },
  {
    name: 'an attribute',
    sources: ['dir'],
    change: (c) => lsetxattr(c.path('dir/a.txt'), 'user.x', 'y'),
    same: false,
  },
  {
    name: 'an attribute of a directory',
    sources: ['dir'],
    change: (c) => lsetxattr(c.path('dir/sub'), 'user.x', 'y'),
    same: false,
  },
  {
    name: 'a further match of a wildcard',
    sources: ['dir/*.txt'],
    change: (c) => writeFileSync(c.path('dir/x.txt'), ''),
    same: false,
  },
  {
    name: 'the name of a match',
    sources: ['dir/*.txt'],
    change: (c) => renameSync(c.path('dir/a.txt'), c.path('dir/z.txt')),
    same: false,
  },
  {
    name: 'times',
    sources: ['dir'],
    change: (c) => utimesSync(c.path('dir/a.txt'), 1, 1),
    same: true,
  },
  {
    name: 'the time of a symlink',
    sources: ['.'],
    change: (c) => lutimesSync(c.path('link'), 1, 1),
    same: true,
  },
  {
    name: 'the inode',
    sources: ['dir'],
    change: (c) => {
      rmSync(c.path('dir/a.txt'));
      writeFileSync(c.path('dir/a.txt'), 'a');
    },
    same: true,
  },
  {
    name: 'what is not selected',
    sources: ['dir'],
    change: (c) => writeFileSync(c.path('other/d.txt'), 'D'),
    same: true,
  },
  {
    name: 'what is ignored',
    sources: ['.'],
    change: (c) => writeFileSync(c.path('other/new'), ''),
    same: true,
    more: {ignore: ['other']},
  },
  {
    name: 'the mode of the source directory itself',
    sources: ['dir'],
    change: (c) => chmodSync(c.path('dir'), 0o700),
    same: true,
  },
  {
    name: 'a mode within a symlink',
    sources: ['link'],
    change: (c) => chmodSync(c.path('data.txt'), 0o600),
    same: false,
  },
];

test.each(sourceCases)(
  '$name: the digest stays the same is $same',
  async ({sources, change, same, more = {}}) => {
    await using context = contextOf(tree);
    const before = await context.select(sources, more);
    change(context);
    const after = await context.select(sources, more);
    expect(after.digest === before.digest).toBe(same);
  },
);

test('renaming a directory source changes nothing; a file source only where its name is fixed', async () => {
  await using context = contextOf(tree);
  const directory = await context.select(['dir']);
  const named = await context.select(['data.txt']);
  const fixed = await context.select(['data.txt'], {fixedName: true});
  renameSync(context.path('dir'), context.path('renamed'));
  renameSync(context.path('data.txt'), context.path('renamed.txt'));
  expect((await context.select(['renamed'])).digest).toBe(directory.digest);
  expect((await context.select(['renamed.txt'])).digest).not.toBe(named.digest);
  expect((await context.select(['renamed.txt'], {fixedName: true})).digest).toBe(fixed.digest);
});

test('two selections with the same files in another order of sources differ', async () => {
  await using context = contextOf(tree);
  const [one, two] = [
    await context.select(['dir', 'other']),
    await context.select(['other', 'dir']),
  ];
  expect(one.digest).not.toBe(two.digest);
});

test('sockets are left out', async () => {
  await using context = contextOf({'d/f': 'x'});
  const before = await context.select(['d']);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(context.path('d/socket'), resolve));
  const {digest} = await context.select(['d']);
  await new Promise((resolve) => server.close(resolve));
  expect(digest).toBe(before.digest);
});

test.each([
  {found: 0o664, git: 0o644},
  {found: 0o600, git: 0o644},
  {found: 0o775, git: 0o755},
  {found: 0o4711, git: 0o755},
  {found: 0o611, git: 0o644},
])('a file of mode $found counts as git would have it', async ({found, git}) => {
  await using context = contextOf(tree);
  chmodSync(context.path('dir/sub'), 0o755);
  chmodSync(context.path('dir/a.txt'), git);
  const plain = await context.select(['dir']);
  chmodSync(context.path('dir/sub'), 0o2775);
  chmodSync(context.path('dir/a.txt'), found);
  expect((await context.select(['dir'])).digest).not.toBe(plain.digest);
  const normalized = await context.select(['dir'], {modes: 'git'});
  expect(normalized.digest).toBe(plain.digest);
});

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2100));

test('the stat cache knows a file by inode, size and times, and not before its times have settled', async () => {
  await using context = contextOf(tree);
  const statCache = context.path('../stat-cache');
  const young = await context.select(['dir'], {statCache});
  expect(() => statSync(statCache)).toThrow('ENOENT');
  await settle();
  expect((await context.select(['dir'], {statCache})).digest).toBe(young.digest);
  expect(statSync(statCache).size).toBeGreaterThan(0);
  expect((await context.select(['dir'], {statCache})).digest).toBe(young.digest);
  const {mtimeMs} = statSync(context.path('dir/a.txt'));
  writeFileSync(context.path('dir/a.txt'), 'B');
  utimesSync(context.path('dir/a.txt'), mtimeMs / 1000, mtimeMs / 1000);
  lsetxattr(context.path('dir/sub'), 'user.x', 'y');
  const cached = await context.select(['dir'], {statCache});
  expect(cached.digest).toBe((await context.select(['dir'])).digest);
  expect(cached.digest).not.toBe(young.digest);
});

test.each([
  {name: 'cut', damage: (path: string) => truncateSync(path, 50)},
  {name: 'empty', damage: (path: string) => truncateSync(path, 0)},
  {name: 'something else', damage: (path: string) => writeFileSync(path, 'x'.repeat(1000))},
  {
    name: 'zeros at its end, where its digests are',
    damage: (path: string) => {
      const data = readFileSync(path);
      writeFileSync(path, data.fill(0, data.length - 64));
    },
  },
])('a stat cache that is $name counts as empty', async ({damage}) => {
  await using context = contextOf({'dir/a': 'a', 'dir/b': 'b'});
  const statCache = context.path('../stat-cache');
  await settle();
  const before = await context.select(['dir'], {statCache});
  damage(statCache);
  expect((await context.select(['dir'], {statCache})).digest).toBe(before.digest);
});
