/** A layer's directory ⇄ its tar: what is hashed is what is streamed, and comes back as the same directory. */
import {spawnSync} from 'node:child_process';
import {
  chownSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import fc from 'fast-check';
import * as tarStream from 'tar-stream';
import {expect, test} from 'vitest';
import {applyLayer} from '../../src/layer/apply.js';
import {streamLayer} from '../../src/layer/stream.js';
import {summarize} from '../../src/layer/summarize.js';
import {makeDevice, makeWhiteout, mknod} from '../../src/linux/node.js';
import {lsetxattr} from '../../src/linux/xattr.js';
import {digestOf} from '../../src/oci/digest.js';
import {needs} from '../helpers/needs.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {describeTree, makeTree, type Tree} from '../helpers/tree.js';

interface Layer extends AsyncDisposable {
  readonly path: string;
  readonly folder: string;
}

function layerOf(tree: Tree): Layer {
  const folder = temporaryFolder();
  const path = join(folder.path, 'layer/fs');
  makeTree(path, tree);
  return {path, folder: folder.path, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]()};
}

async function tarOfLayer(path: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of streamLayer(path)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function namesIn(archive: Buffer): Promise<string[]> {
  const extract = Readable.from([archive]).pipe(tarStream.extract());
  const names: string[] = [];
  for await (const entry of extract) {
    const {type, name, linkname, size} = entry.header;
    names.push(`${type} ${name}${linkname ? ` -> ${linkname}` : ''}${size ? ` ${size}` : ''}`);
    entry.resume();
  }
  return names;
}

test('what marks a deletion cannot be a name', async () => {
  await using layer = layerOf({'d/.wh.x': ''});
  expect(() => summarize(layer.path)).toThrow(expect.objectContaining({code: 'E_RESERVED_NAME'}));
  await expect(tarOfLayer(layer.path)).rejects.toMatchObject({code: 'E_RESERVED_NAME'});
});

test('a file that shrinks while it is streamed is an error, not a shorter file', async () => {
  await using layer = layerOf({});
  writeFileSync(join(layer.path, 'large'), Buffer.alloc(5 << 20));
  const chunks = streamLayer(layer.path);
  await chunks.next();
  truncateSync(join(layer.path, 'large'), 100);
  const rest = async () => {
    for await (const chunk of chunks) expect(chunk.length).toBeGreaterThan(0);
  };
  await expect(rest()).rejects.toMatchObject({code: 'E_FILE_CHANGED'});
});

/** All that a layer may hold. */
function fill(path: string): void {
  makeTree(path, {
    'a.b': 'before a/',
    'a/x': 'x',
    'a/y/': {mode: 0o1777},
    a0: 'after a/',
    'empty/': {mode: 0o700},
    su: {mode: 0o4755, content: 'setuid'},
    link: {link: 'a/x'},
    [`${'long/'.repeat(30)}${'n'.repeat(200)}`]: 'long',
    café: 'text',
    large: 'L'.repeat(3 << 20),
    edge: 'E'.repeat(1 << 20),
  });
  linkSync(join(path, 'a/x'), join(path, 'linked'));
  linkSync(join(path, 'a/x'), join(path, 'a/earlier'));
  writeFileSync(Buffer.concat([Buffer.from(`${path}/`), Buffer.from([0xff, 0xfe])]), 'not UTF-8');
  makeWhiteout(join(path, 'gone'));
  makeWhiteout(join(path, 'a/gone'));
  lsetxattr(join(path, 'a/y'), 'user.overlay.opaque', 'y');
  lsetxattr(join(path, 'a/y'), 'user.overlay.origin', 'z');
  lsetxattr(join(path, 'a.b'), 'user.mine', Buffer.from([0, 1, 2, 0x3d, 0x0a]));
  mknod(join(path, 'pipe'), 0o010644, 0);
  utimesSync(join(path, 'a'), 5, 5);
}

test('the summary is that of the streamed bytes, which come back as the same directory', async () => {
  await using layer = layerOf({});
  fill(layer.path);
  const archive = await tarOfLayer(layer.path);
  const summary = summarize(layer.path);
  expect(summary).toMatchObject({diffID: digestOf(archive), size: archive.length});
  const copy = join(layer.folder, 'copy/fs');
  mkdirSync(copy, {recursive: true});
  const {counts} = await applyLayer(Readable.from([archive]), {upper: copy, lowers: []}, summary);
  expect(counts).toMatchObject({whiteouts: 3, nodes: 1, recorded: 0});
  expect((await tarOfLayer(copy)).equals(archive)).toBe(true);
  expect(summarize(copy)).toEqual(summary);
  const options = {owners: true, times: true};
  const withoutOrigin = describeTree(layer.path, options).map((line) =>
    line.replace(' user.overlay.origin=z', '').replace(/ c0\d{3} (\d+:\d+) \d+/, ' c $1'),
  );
  expect(
    describeTree(copy, options).map((line) => line.replace(/ c0\d{3} (\d+:\d+) \d+/, ' c $1')),
  ).toEqual(withoutOrigin);
});

test('entries are sorted by bytes, parents first, with whiteouts as OCI has them', async () => {
  await using layer = layerOf({});
  fill(layer.path);
  const names = await namesIn(await tarOfLayer(layer.path));
  expect(names.filter((name) => !name.includes('long') && !name.includes('\ufffd'))).toEqual([
    'file .wh.gone',
    'file a.b 9',
    'directory a/',
    'file a/.wh.gone',
    'file a/earlier 1',
    'link a/x -> a/earlier',
    'directory a/y/',
    'file a/y/.wh..wh..opq',
    'file a0 8',
    'file café 4',
    `file edge ${1 << 20}`,
    'directory empty/',
    `file large ${3 << 20}`,
    'symlink link -> a/x',
    'link linked -> a/earlier',
    'fifo pipe',
    'file su 6',
  ]);
});

test('GNU tar unpacks the same tree', async (context) => {
  needs(context, 'root');
  await using layer = layerOf({});
  fill(layer.path);
  const out = join(layer.folder, 'out');
  mkdirSync(out);
  const {status, stderr} = spawnSync(
    'tar',
    ['--xattrs', '--xattrs-include=user.*', '-xpf', '-', '-C', out],
    {input: await tarOfLayer(layer.path)},
  );
  expect({status, stderr: stderr.toString()}).toEqual({status: 0, stderr: ''});
  const names = (line: string) => !/gone|opq/.test(line);
  const plain = (line: string) => line.replace(/ user\.overlay\.\S+/g, '');
  const options = {owners: true, times: true};
  const missingTime = (line: string) =>
    line.startsWith('a/y ') || line.startsWith('a ') ? line.replace(/ \d+$/, '') : line;
  expect(describeTree(out, options).filter(names).map(missingTime)).toEqual(
    describeTree(layer.path, options).filter(names).map(plain).map(missingTime),
  );
});

test('devices and owners come back as root', async (context) => {
  needs(context, 'root');
  await using layer = layerOf({f: 'x'});
  chownSync(join(layer.path, 'f'), 100_000, 4_000_000_000);
  mknod(join(layer.path, 'null'), 0o020666, makeDevice(1, 3));
  mknod(join(layer.path, 'disk'), 0o060660, makeDevice(259, 70_000));
  const archive = await tarOfLayer(layer.path);
  const copy = join(layer.folder, 'copy/fs');
  mkdirSync(copy, {recursive: true});
  await applyLayer(Readable.from([archive]), {upper: copy, lowers: []});
  expect(describeTree(copy, {owners: true})).toEqual(describeTree(layer.path, {owners: true}));
});

test('what was written down because the kernel refused it is in the tar', async () => {
  await using layer = layerOf({f: 'x', 'd/': '', device: '', link: {link: 'f'}, ping: 'p'});
  lsetxattr(join(layer.path, 'f'), 'user.tsbuild.owner', '33:44');
  lsetxattr(join(layer.path, 'd'), 'user.tsbuild.owner', '70000:3000000000');
  lsetxattr(join(layer.path, 'device'), 'user.tsbuild.node', `c:${makeDevice(5, 1)}`);
  lsetxattr(join(layer.path, 'ping'), 'user.tsbuild.capability', 'cap');
  writeFileSync(join(layer.folder, 'layer/owners.json'), JSON.stringify({link: [55, 66]}));
  const extract = Readable.from([await tarOfLayer(layer.path)]).pipe(tarStream.extract());
  const found: Record<string, object> = {};
  for await (const entry of extract) {
    const {name, type, uid, gid, devmajor, devminor, pax} = entry.header;
    found[name] = {type, uid, gid, device: `${devmajor}/${devminor}`, pax};
    entry.resume();
  }
  expect(found).toMatchObject({
    f: {type: 'file', uid: 33, gid: 44},
    'd/': {type: 'directory', uid: 70_000, gid: 3_000_000_000},
    device: {type: 'character-device', device: '5/1'},
    link: {type: 'symlink', uid: 55, gid: 66},
    ping: {pax: {'SCHILY.xattr.security.capability': 'cap'}},
  });
});

test('equal files give equal bytes, whatever order they were made in, and whatever the umask', async () => {
  const names = ['z', 'a/b', 'm', 'a/a', 'a.c'];
  const made = async (order: readonly string[], umask: number) => {
    const before = process.umask(umask);
    await using layer = layerOf(
      Object.fromEntries(order.map((name) => [name, {mode: 0o640, content: name}])),
    );
    process.umask(before);
    spawnSync('chmod', ['755', join(layer.path, 'a')]);
    return tarOfLayer(layer.path);
  };
  expect(await made(names, 0o022)).toEqual(await made(names.toReversed(), 0o077));
});

test('the content digest is blind to times and to nothing else', async () => {
  await using layer = layerOf({});
  fill(layer.path);
  const before = summarize(layer.path);
  for (const name of ['a', 'a/x', 'large', 'su']) utimesSync(join(layer.path, name), 77, 77);
  const later = summarize(layer.path);
  expect(later.contentDigest).toBe(before.contentDigest);
  expect(later.diffID).not.toBe(before.diffID);
  const bytes = readFileSync(join(layer.path, 'large'));
  bytes[2 << 20] = 0;
  writeFileSync(join(layer.path, 'large'), bytes);
  const changed = summarize(layer.path);
  expect(changed.contentDigest).not.toBe(before.contentDigest);
  lsetxattr(join(layer.path, 'su'), 'user.new', 'y');
  expect(summarize(layer.path).contentDigest).not.toBe(changed.contentDigest);
});

test('sockets are left out', async () => {
  await using layer = layerOf({f: 'x'});
  const before = summarize(layer.path);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(layer.path, 'socket'), resolve));
  const during = summarize(layer.path);
  await new Promise((resolve) => server.close(resolve));
  rmSync(join(layer.path, 'socket'), {force: true});
  expect(during).toEqual(before);
});

test('an empty layer is the end of an archive', async () => {
  await using layer = layerOf({});
  expect(await tarOfLayer(layer.path)).toEqual(Buffer.alloc(1024));
});

const name = fc
  .string({unit: fc.constantFrom('a', 'b', '.', '-', '0', 'é'), minLength: 1, maxLength: 12})
  .filter((text) => !/^\.+$/.test(text) && !text.startsWith('.wh.'));
const trees = fc.dictionary(
  fc.array(name, {minLength: 1, maxLength: 4}).map((names) => names.join('/')),
  fc.oneof(
    fc.string({maxLength: 1500}),
    fc.record({link: name}),
    fc.record({mode: fc.integer({min: 0o400, max: 0o777}), content: fc.string({maxLength: 10})}),
  ),
  {maxKeys: 12},
);

test('any tree comes back from its tar', async () => {
  await fc.assert(
    fc.asyncProperty(trees, async (drawn) => {
      const names = Object.keys(drawn).sort();
      const tree = Object.fromEntries(
        names
          .filter((each) => !names.some((other) => other !== each && each.startsWith(`${other}/`)))
          .map((each) => [each, drawn[each]!]),
      );
      await using layer = layerOf(tree);
      const copy = join(layer.folder, 'copy/fs');
      mkdirSync(copy, {recursive: true});
      const archive = await tarOfLayer(layer.path);
      await applyLayer(Readable.from([archive]), {upper: copy, lowers: []}, summarize(layer.path));
      const options = {owners: true, times: true};
      expect(describeTree(copy, options)).toEqual(describeTree(layer.path, options));
      expect((await tarOfLayer(copy)).equals(archive)).toBe(true);
    }),
    {numRuns: 60},
  );
});
