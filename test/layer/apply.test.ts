import {lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {expect, test} from 'vitest';
import {applyLayer, type ExpectedLayer} from '../../src/layer/apply.js';
import {lgetxattr} from '../../src/linux/xattr.js';
import {digestOf} from '../../src/oci/digest.js';
import {chunks} from '../helpers/chunks.js';
import {needs} from '../helpers/needs.js';
import {type EntryDraft, tarOf} from '../helpers/tar-bytes.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {describeTree, makeTree, type Tree} from '../helpers/tree.js';

const own = {uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0};

interface Stack extends AsyncDisposable {
  readonly upper: string;
  readonly outside: string;
  apply(
    entries: readonly EntryDraft[] | Buffer,
    expected?: ExpectedLayer,
  ): ReturnType<typeof applyLayer>;
}

/** A layer to be, over lower ones given topmost first, and a folder outside that nothing may touch. */
function stackOf(...lowers: readonly Tree[]): Stack {
  const folder = temporaryFolder();
  const upper = join(folder.path, 'layer/fs');
  const outside = join(folder.path, 'outside');
  mkdirSync(upper, {recursive: true, mode: 0o755});
  makeTree(outside, {secret: 'untouched', 'directory/file': 'untouched'});
  const paths = lowers.map((tree, index) => {
    const path = join(folder.path, `lower-${index}`);
    makeTree(path, tree);
    return path;
  });
  return {
    upper,
    outside,
    apply: (entries, expected = {}) => {
      const archive = Buffer.isBuffer(entries)
        ? entries
        : tarOf(...entries.map((entry) => ({...own, ...entry})));
      return applyLayer(chunks(archive, 1000), {upper, lowers: paths}, expected);
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

const file = (name: string, content = 'evil'): EntryDraft => ({name, content});
const directory = (name: string, more: Partial<EntryDraft> = {}): EntryDraft => ({
  name,
  type: 'directory',
  mode: 0o755,
  ...more,
});
const symlink = (name: string, linkName: string): EntryDraft => ({name, type: 'symlink', linkName});
const hardLink = (name: string, linkName: string): EntryDraft => ({
  name,
  type: 'hard-link',
  linkName,
});

test.each([
  {name: '.. at the start', entries: [file('../outside/secret')]},
  {name: '.. in the middle', entries: [directory('a'), file('a/../../outside/secret')]},
  {name: '.. at the end', entries: [directory('a/..')]},
  {name: '.. in a hard link', entries: [hardLink('a', '../../outside/secret')]},
  {name: '.. below a symlink', entries: [symlink('a', '..'), file('a/../../outside/secret')]},
  {name: 'a NUL in the name', entries: [file(`${'a'.repeat(120)}\0b`)]},
  {name: 'a whiteout of nothing', entries: [file('.wh.')]},
  {name: 'a whiteout of .', entries: [file('.wh..')]},
  {name: 'a whiteout of ..', entries: [file('a/.wh...')]},
  {name: 'a file below a whiteout', entries: [file('.wh.a/b')]},
  {name: 'a symlink to nothing', entries: [symlink('a', '')]},
  {
    name: 'a device 0/0',
    entries: [{name: 'a', type: 'character-device', deviceMajor: 0, deviceMinor: 0} as const],
  },
  {name: 'a hard link to nothing', entries: [hardLink('a', 'b')], code: 'E_LINK_TARGET'},
  {
    name: 'a hard link to itself',
    entries: [file('a'), hardLink('a', './a')],
    code: 'E_LINK_TARGET',
  },
  {
    name: 'a hard link to a directory',
    entries: [directory('d'), hardLink('a', 'd')],
    code: 'E_LINK_TARGET',
  },
  {name: 'a hard link to the root', entries: [hardLink('a', '/')], code: 'E_LINK_TARGET'},
  {
    name: 'a hard link to what this layer deleted',
    entries: [file('.wh.lower'), hardLink('a', 'lower')],
    code: 'E_LINK_TARGET',
  },
  {name: 'a file as parent', entries: [file('a'), file('a/b')], code: 'E_NOT_A_DIRECTORY'},
  {name: 'a lower file as parent', entries: [file('lower/b')], code: 'E_NOT_A_DIRECTORY'},
  {
    name: 'a symlink to a file as parent',
    entries: [symlink('a', 'lower'), file('a/b')],
    code: 'E_NOT_A_DIRECTORY',
  },
  {
    name: 'symlinks that lead to each other',
    entries: [symlink('a', 'b'), symlink('b', 'a'), file('a/x')],
    code: 'E_SYMLINK_LOOP',
  },
  {
    name: 'a name too long for the kernel',
    entries: [file('n'.repeat(256))],
    code: 'E_ENTRY_FAILED',
  },
])('refuses $name', async ({entries, code = 'E_UNSAFE_ENTRY'}) => {
  await using stack = stackOf({lower: 'from below'});
  const before = describeTree(stack.outside, {times: true});
  await expect(stack.apply(entries)).rejects.toMatchObject({code});
  expect(describeTree(stack.outside, {times: true})).toEqual(before);
});

test.each([
  {name: 'an absolute name', entries: [file('/etc/passwd')], at: 'etc/passwd'},
  {name: 'many leading slashes', entries: [file('///./etc//passwd')], at: 'etc/passwd'},
  {name: 'an absolute symlink as parent', entries: [symlink('a', '/'), file('a/f')], at: 'f'},
  {name: 'a symlink that climbs', entries: [symlink('a', '../../../..'), file('a/f')], at: 'f'},
  {
    name: 'a symlink that climbs to a folder that is there',
    entries: [symlink('a', '../../outside'), file('a/f')],
    at: 'outside/f',
  },
  {
    name: 'a symlink through a symlink',
    entries: [symlink('a', 'b'), symlink('b', '/c/d'), file('a/f')],
    at: 'c/d/f',
  },
  {name: 'a symlink of a lower layer', entries: [file('link/f')], at: 'usr/f'},
  {
    name: 'a symlink put in the place of a directory',
    entries: [directory('d'), file('d/x'), symlink('d', '../../outside'), file('d/f')],
    at: 'outside/f',
  },
])('keeps $name inside the root', async ({entries, at}) => {
  await using stack = stackOf({'usr/': '', link: {link: 'usr'}});
  const before = describeTree(stack.outside, {times: true});
  await stack.apply(entries);
  expect(describeTree(stack.outside, {times: true})).toEqual(before);
  expect(lstatSync(join(stack.upper, at)).isFile()).toBe(true);
});

test('an absolute hard link counts from the root, and its symlinks stay inside', async () => {
  await using stack = stackOf({});
  await stack.apply([
    file('etc/f', 'x'),
    symlink('out', '/etc'),
    hardLink('a', '/etc/f'),
    hardLink('b', 'out/f'),
  ]);
  expect(statSync(join(stack.upper, 'a')).nlink).toBe(3);
});

test('a hard link to a symlink is to the symlink itself', async () => {
  await using stack = stackOf({});
  await stack.apply([symlink('s', '/outside'), hardLink('t', 's')]);
  expect(lstatSync(join(stack.upper, 't')).isSymbolicLink()).toBe(true);
});

test('a hard link to a lower file brings the file up', async () => {
  await using stack = stackOf({'d/lower': 'content'});
  await stack.apply([hardLink('a', 'd/lower')]);
  expect(describeTree(stack.upper)).toEqual([
    'a f0644 "content"',
    'd d0755',
    'd/lower f0644 "content"',
  ]);
  expect(statSync(join(stack.upper, 'a')).nlink).toBe(2);
});

test.for([
  {name: 'a whiteout', entries: [file('d/.wh.x')], want: ['d d0700', 'd/x c0000 0/0']},
  {
    name: 'a whiteout as directory',
    entries: [directory('d/.wh.x')],
    want: ['d d0700', 'd/x c0000 0/0'],
  },
  {
    name: 'an opaque directory',
    entries: [file('d/.wh..wh..opq')],
    want: ['d d0700 user.overlay.opaque=y'],
  },
  {
    name: 'an opaque marker after entries of its directory',
    entries: [file('d/new', 'n'), file('d/.wh..wh..opq')],
    want: ['d d0700 user.overlay.opaque=y', 'd/new f0644 "n"'],
  },
  {
    name: 'a whiteout, then the file anew',
    entries: [file('d/.wh.x'), file('d/x', 'n')],
    want: ['d d0700', 'd/x f0644 "n"'],
  },
  {
    name: 'a file, then its whiteout',
    entries: [file('d/x', 'n'), file('d/.wh.x')],
    want: ['d d0700', 'd/x f0644 "n"'],
  },
  {
    name: 'a whiteout, then a directory',
    entries: [file('.wh.d'), directory('d')],
    want: ['d d0755 user.overlay.opaque=y'],
  },
  {
    name: 'a directory, then its whiteout',
    entries: [directory('d'), file('.wh.d')],
    want: ['d d0755 user.overlay.opaque=y'],
  },
  {
    name: 'a whiteout, then a file below',
    // who may not give the directory to root writes that down beside it
    by: 'root' as const,
    entries: [file('.wh.d'), file('d/n', 'n')],
    want: ['d d0755 user.overlay.opaque=y', 'd/n f0644 "n"'],
  },
  {
    name: 'names of aufs',
    entries: [file('.wh..wh.plnk/1.2'), file('.wh..wh.aufs'), file('.wh..wh.orph')],
    want: [],
  },
])('writes $name as overlayfs has it', async ({by, entries, want}, context) => {
  if (by !== undefined) needs(context, by);
  await using stack = stackOf({'d/': {mode: 0o700}, 'd/x': 'below', 'd/y': 'below'});
  await stack.apply(entries);
  const found = describeTree(stack.upper).map((line) => line.replace(/ c0\d{3} /, ' c0000 '));
  expect(found).toEqual(want);
});

test.each([
  {
    name: 'a file twice: the last stays',
    entries: [file('a', '1'), file('a', '2')],
    want: ['a f0644 "2"'],
  },
  {
    name: 'a directory, then a file',
    entries: [directory('a'), file('a/b'), file('a', '2')],
    want: ['a f0644 "2"'],
  },
  {
    name: 'a file, then a directory',
    entries: [file('a'), directory('a'), file('a/b', '2')],
    want: ['a d0755 user.overlay.opaque=y', 'a/b f0644 "2"'],
  },
  {
    name: 'a symlink, then a directory',
    entries: [symlink('a', '/'), directory('a'), file('a/b', '2')],
    want: ['a d0755 user.overlay.opaque=y', 'a/b f0644 "2"'],
  },
  {
    name: 'a directory twice: content and last mode stay',
    entries: [directory('a', {mode: 0o700}), file('a/b', '2'), directory('a', {mode: 0o711})],
    want: ['a d0711', 'a/b f0644 "2"'],
  },
  {
    name: 'a lower symlink, then a directory of its name',
    entries: [file('link/f', '1'), directory('link'), file('link/f', '2')],
    want: ['link d0755', 'link/f f0644 "2"', 'usr d0755', 'usr/f f0644 "1"'],
  },
])('takes $name', async ({entries, want}) => {
  await using stack = stackOf({'usr/': '', link: {link: 'usr'}});
  await stack.apply(entries);
  expect(describeTree(stack.upper)).toEqual(want);
});

test('implied parents take mode, time and attributes from the lower layers, the topmost that has them', async (context) => {
  needs(context, 'root');
  await using stack = stackOf({'a/': {mode: 0o1777}}, {'a/': {mode: 0o700}, 'a/b/': {mode: 0o750}});
  await stack.apply([file('a/b/c/f', 'x')]);
  expect(describeTree(stack.upper, {times: true})).toEqual([
    'a d1777 1600000000',
    'a/b d0750 1600000000',
    'a/b/c d0755 1700000000',
    'a/b/c/f f0644 1700000000 "x"',
  ]);
});

test('an unwritable directory still gets its files, and its time is the one in the tar', async (context) => {
  needs(context, 'root');
  await using stack = stackOf({});
  await stack.apply([
    directory('d', {mode: 0o555, mtime: 1000}),
    file('d/f', 'x'),
    directory('d/e', {mode: 0o111, mtime: 2000}),
  ]);
  expect(describeTree(stack.upper, {times: true})).toEqual([
    'd d0555 1000',
    'd/e d0111 2000',
    'd/f f0644 1700000000 "x"',
  ]);
});

test('keeps user attributes, and lets none in that mean something to overlayfs or to a store', async () => {
  await using stack = stackOf({});
  const xattrs = new Map(
    [
      'user.mine',
      'user.overlay.opaque',
      'user.overlay.redirect',
      'user.tsbuild.owner',
      'trusted.overlay.opaque',
      'security.selinux',
      'system.posix_acl_access',
    ].map((name) => [name, Buffer.from('y')] as const),
  );
  await stack.apply([directory('d', {xattrs}), {...file('f', 'x'), xattrs}]);
  expect(describeTree(stack.upper)).toEqual(['d d0755 user.mine=y', 'f f0644 "x" user.mine=y']);
});

test('names that are not UTF-8 and names of 255 bytes arrive as they are', async () => {
  await using stack = stackOf({});
  const names = ['caf\xe9', 'Ã¼'.repeat(60), 'n'.repeat(255)];
  await stack.apply(names.map((name) => file(name, 'x')));
  expect(readdirSync(stack.upper, 'latin1').sort()).toEqual([...names].sort());
});

test('sets owners, setuid bits, capabilities and devices as root', async (context) => {
  needs(context, 'root');
  await using stack = stackOf({});
  const capability = Buffer.from('0100000200040000000000000000000000000000', 'hex');
  const result = await stack.apply([
    {...file('su', 'x'), mode: 0o4755, uid: 1000, gid: 70_000},
    {...file('ping', 'x'), uid: 5, gid: 0, xattrs: new Map([['security.capability', capability]])},
    {
      name: 'null',
      type: 'character-device',
      mode: 0o666,
      deviceMajor: 1,
      deviceMinor: 3,
      uid: 7,
      gid: 8,
    },
    {name: 'pipe', type: 'fifo', mode: 0o622, uid: 7, gid: 8},
    {...symlink('s', 'su'), uid: 3, gid: 4},
    directory('d', {mode: 0o2775, uid: 9, gid: 10}),
    {...file('d/inherits', 'x'), uid: 0, gid: 0},
    {...directory('d/e'), uid: 0, gid: 0},
  ]);
  expect(result.counts).toMatchObject({files: 3, directories: 2, links: 1, nodes: 2, recorded: 0});
  expect(lgetxattr(join(stack.upper, 'ping'), 'security.capability')?.equals(capability)).toBe(
    true,
  );
  expect(
    describeTree(stack.upper, {owners: true}).map((line) => line.replace(/ security.*/, '')),
  ).toEqual([
    'd d2775 9:10',
    'd/e d0755 0:0',
    'd/inherits f0644 0:0 "x"',
    'null c0666 7:8 1/3',
    'ping f0644 5:0 "x"',
    'pipe p0622 7:8',
    's l0777 3:4 -> su',
    'su f4755 1000:70000 "x"',
  ]);
});

const honest = tarOf(file('a', 'x'));
const packed = gzipSync(honest);
const other = digestOf('other');

test.each([
  {name: 'another digest', bytes: packed, expected: {digest: other}, code: 'E_LAYER_DIGEST'},
  {name: 'another diffID', bytes: packed, expected: {diffID: other}, code: 'E_LAYER_DIGEST'},
  {
    name: 'more bytes than promised',
    bytes: packed,
    expected: {size: packed.length - 1},
    code: 'E_LAYER_SIZE',
  },
  {
    name: 'fewer bytes than promised',
    bytes: packed,
    expected: {size: packed.length + 1},
    code: 'E_LAYER_SIZE',
  },
  {
    name: 'bytes behind the compressed ones',
    bytes: Buffer.concat([packed, Buffer.from('tail')]),
    expected: {digest: digestOf(packed)},
    code: 'E_LAYER_DIGEST',
  },
  {name: 'a cut gzip', bytes: packed.subarray(0, -12), expected: {}, code: 'E_COMPRESSION'},
  {name: 'a cut tar', bytes: honest.subarray(0, 513), expected: {}, code: 'E_TAR_TRUNCATED'},
  {name: 'no tar', bytes: Buffer.alloc(600, 'x'), expected: {}, code: 'E_TAR_FORMAT'},
])('refuses $name', async ({bytes, expected, code}) => {
  await using stack = stackOf({});
  await expect(stack.apply(bytes, expected)).rejects.toMatchObject({code});
});

test('verifies what was promised, and says what the layer is', async () => {
  await using stack = stackOf({});
  const expected = {digest: digestOf(packed), size: packed.length, diffID: digestOf(honest)};
  const {diffID, size} = await stack.apply(packed, expected);
  expect({diffID, size}).toEqual({diffID: digestOf(honest), size: honest.length});
  expect(readFileSync(join(stack.upper, 'a'), 'utf8')).toBe('x');
});

test('an empty layer is a layer', async () => {
  await using stack = stackOf({});
  expect((await stack.apply([])).counts.files).toBe(0);
});

test('what a failed layer left does not keep a later one from its place', async () => {
  await using stack = stackOf({});
  writeFileSync(join(stack.upper, 'a'), 'left');
  await stack.apply([file('a', 'x')]);
  expect(readFileSync(join(stack.upper, 'a'), 'utf8')).toBe('x');
});
