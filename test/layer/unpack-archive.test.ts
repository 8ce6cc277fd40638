import {spawnSync} from 'node:child_process';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {isArchive, type UnpackRequest, unpackArchive} from '../../src/layer/unpack-archive.js';
import {needs} from '../helpers/needs.js';
import {type EntryDraft, tarOf} from '../helpers/tar-bytes.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {describeTree, makeTree, type Tree} from '../helpers/tree.js';

const own = {uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0};

function rootOf(lower: Tree = {}) {
  const folder = temporaryFolder();
  const upper = join(folder.path, 'layer/fs');
  const archive = join(folder.path, 'archive');
  mkdirSync(upper, {recursive: true});
  makeTree(join(folder.path, 'lower'), lower);
  const request: UnpackRequest = {
    archive,
    target: {upper, lowers: [join(folder.path, 'lower')]},
    destination: '/',
    madeAt: 1000,
  };
  return {
    archive,
    unpack: async (bytes: Buffer, more: Partial<UnpackRequest> = {}) => {
      writeFileSync(archive, bytes);
      return unpackArchive({...request, ...more});
    },
    tree: (options = {}) => describeTree(upper, options),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const file = (name: string, content = 'x'): EntryDraft => ({name, content, ...own});
const sample = tarOf({name: 'd/', type: 'directory', mode: 0o700, ...own}, file('d/f'), file('g'));

test.each([
  {name: 'an empty file', bytes: Buffer.alloc(0)},
  {name: 'text', bytes: Buffer.from('hello '.repeat(200))},
  {name: 'zeros', bytes: Buffer.alloc(10_240)},
  {name: 'compressed text', bytes: compressed('gzip', Buffer.from('hello '.repeat(200)))},
  {name: 'compressed nothing', bytes: compressed('gzip', Buffer.alloc(0))},
  {
    name: 'what only begins like gzip',
    bytes: Buffer.concat([Buffer.from([0x1f, 0x8b, 8]), Buffer.alloc(600, 7)]),
  },
  {name: 'what only begins like bzip2', bytes: Buffer.from('BZh9 is how this text begins')},
])('$name is no archive, and nothing is touched', async ({bytes}) => {
  await using root = rootOf();
  expect(await root.unpack(bytes, {destination: '/new/'})).toBeUndefined();
  expect(await isArchive(root.archive)).toBe(false);
  expect(root.tree()).toEqual([]);
});

function compressed(program: string, bytes: Buffer): Buffer {
  return spawnSync(program, ['-c'], {input: bytes, maxBuffer: 1 << 26}).stdout;
}

test.each([
  {name: 'a climb', entries: [file('../../outside')], code: 'E_UNSAFE_ENTRY'},
  {
    name: 'a hard link that climbs',
    entries: [{name: 'a', type: 'hard-link', linkName: '../../f'} as const],
    code: 'E_UNSAFE_ENTRY',
  },
  {name: 'a whiteout', entries: [file('.wh.f')], code: 'E_RESERVED_NAME'},
  {name: 'an opaque marker', entries: [file('.wh..wh..opq')], code: 'E_RESERVED_NAME'},
])('refuses $name in an archive', async ({entries, code}) => {
  await using root = rootOf();
  await expect(root.unpack(tarOf(...entries), {destination: '/d/'})).rejects.toMatchObject({code});
});

test('refuses an archive that is cut', async () => {
  await using root = rootOf();
  await expect(root.unpack(sample.subarray(0, 1500))).rejects.toMatchObject({
    code: 'E_TAR_TRUNCATED',
  });
});

test.for(['none', 'gzip', 'bzip2', 'xz', 'zstd'] as const)(
  'unpacks a tar compressed by %s',
  async (program, context) => {
    needs(context, 'root', ...(program === 'none' ? [] : [program]));
    await using root = rootOf();
    const bytes = program === 'none' ? sample : compressed(program, sample);
    expect(await root.unpack(bytes, {destination: '/a/b'})).toMatchObject({
      files: 2,
      directories: 1,
    });
    expect(await isArchive(root.archive)).toBe(true);
    expect(root.tree()).toEqual([
      'a d0755',
      'a/b d0755',
      'a/b/d d0700',
      'a/b/d/f f0644 "x"',
      'a/b/g f0644 "x"',
    ]);
  },
);

test('merges like tar -x: directories merge, everything else replaces; symlinks stay inside', async () => {
  await using root = rootOf({
    'd/old': 'old',
    g: {link: 'd/old'},
    out: {link: '/../..'},
    to: {link: '/out'},
  });
  await root.unpack(
    tarOf(
      ...[
        {name: 'd/', type: 'directory', mode: 0o711, ...own} as const,
        file('d/f'),
        file('g'),
        file('out/f'),
      ],
    ),
    {destination: '/to'},
  );
  expect(root.tree()).toEqual(['d d0711', 'd/f f0644 "x"', 'f f0644 "x"', 'g f0644 "x"']);
});

test('keeps the owners of the archive, unless one is given', async (context) => {
  needs(context, 'root');
  for (const owner of [undefined, {uid: 7, gid: 8}]) {
    await using root = rootOf();
    const archive = tarOf({name: 'f', content: 'x', uid: 1234, gid: 5678});
    await root.unpack(archive, {destination: '/d/', ...(owner === undefined ? {} : {owner})});
    const want =
      owner === undefined
        ? ['d d0755 0:0', 'd/f f0644 1234:5678 "x"']
        : ['d d0755 7:8', 'd/f f0644 7:8 "x"'];
    expect(root.tree({owners: true})).toEqual(want);
  }
});
