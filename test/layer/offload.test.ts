import {spawn, spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import {gzipSync} from 'node:zlib';
import {expect, test} from 'vitest';
import {SourceMissingError} from '../../src/layer/errors.js';
import {
  copyFiles,
  fingerprintLayer,
  pourTar,
  selectFiles,
  summarizeLayer,
  unpackLayer,
} from '../../src/layer/offload.js';
import {selectTree} from '../../src/layer/select.js';
import {streamLayer} from '../../src/layer/stream.js';
import {summarize} from '../../src/layer/summarize.js';
import {runInWorker} from '../../src/layer/worker-pool.js';
import {openPipe} from '../../src/linux/pipe.js';
import {digestOf} from '../../src/oci/digest.js';
import {chunks} from '../helpers/chunks.js';
import {entryBytes, tarOf} from '../helpers/tar-bytes.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {makeTree} from '../helpers/tree.js';

const many = Object.fromEntries(
  Array.from({length: 1000}, (_, index) => [`d${index % 30}/f${index}`, `${index}`]),
);
/** Other bytes in the middle. */
function spoiled(bytes: Buffer): Buffer {
  return Buffer.from(bytes).fill(0xff, 1_000_000, 1_000_100);
}

const owner = {uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0};

test('an error from a worker has its class, code, fields and hint', async () => {
  await using folder = temporaryFolder();
  makeTree(folder.path, {'name.txt': ''});
  const job = runInWorker({
    kind: 'select',
    request: {root: folder.path, sources: ['nme.txt'], owner: 'root'},
  });
  const error = await job.catch((failure: unknown) => failure);
  expect(error).toBeInstanceOf(SourceMissingError);
  expect(error).toMatchObject({
    code: 'E_SOURCE_MISSING',
    source: 'nme.txt',
    hint: 'Did you mean "name.txt"?',
    name: 'SourceMissingError',
  });
});

test.each([
  {name: 'a hostile archive', bytes: tarOf({name: '../x'}), code: 'E_UNSAFE_ENTRY'},
  {
    name: 'a cut archive',
    bytes: entryBytes({name: 'a', content: 'x'.repeat(10_000)}).subarray(0, 5000),
    code: 'E_TAR_TRUNCATED',
  },
  {
    name: 'an archive that is hostile long before its end',
    bytes: Buffer.concat([entryBytes({name: '../x'}), Buffer.alloc(30 << 20)]),
    code: 'E_UNSAFE_ENTRY',
  },
])('a worker that refused $name does the next job', async ({bytes, code}) => {
  await using folder = temporaryFolder();
  const target = {upper: join(folder.path, 'layer/fs'), lowers: []};
  mkdirSync(target.upper, {recursive: true});
  for (let times = 0; times < 3; times++) {
    await expect(unpackLayer(chunks(bytes, 1 << 16), target, {})).rejects.toMatchObject({code});
  }
  expect(await unpackLayer(chunks(tarOf({name: 'a', ...owner})), target)).toMatchObject({
    counts: {files: 1},
  });
});

test('a failing source is the failure, and the worker does the next job', async () => {
  await using folder = temporaryFolder();
  const target = {upper: join(folder.path, 'layer/fs'), lowers: []};
  mkdirSync(target.upper, {recursive: true});
  async function* failing(): AsyncGenerator<Buffer> {
    yield Buffer.alloc(512);
    throw new RangeError('from the network');
  }
  await expect(unpackLayer(failing(), target)).rejects.toThrow(RangeError);
  expect(await unpackLayer(chunks(tarOf({name: 'a', ...owner})), target)).toMatchObject({
    counts: {files: 1},
  });
});

test('large work is done in workers, many at a time, with the results of small work', async () => {
  await using folder = temporaryFolder();
  const context = join(folder.path, 'context');
  makeTree(context, many);
  const request = {root: context, sources: ['.'], owner: 'root'} as const;
  const selection = await selectFiles(request);
  expect(selection).toEqual(selectTree(request));
  const made = await Promise.all(
    Array.from({length: 6}, async (_, index) => {
      const upper = join(folder.path, `layer-${index}/fs`);
      mkdirSync(upper, {recursive: true});
      const copy = {
        root: context,
        manifest: selection.manifest,
        target: {upper, lowers: []},
        destination: '/a',
        owner,
        madeAt: 1000,
      };
      return {upper, summary: await copyFiles(copy, selection)};
    }),
  );
  const [first] = made;
  for (const {upper, summary} of made) {
    expect(summary).toEqual(first?.summary);
    expect(await summarizeLayer(upper)).toEqual(summary);
  }
  const again = join(folder.path, 'again/fs');
  mkdirSync(again, {recursive: true});
  const {diffID, counts} = await unpackLayer(
    streamLayer(first!.upper),
    {upper: again, lowers: []},
    first!.summary,
  );
  expect(diffID).toBe(first?.summary.diffID);
  expect(counts).toMatchObject({files: 1000, directories: 31});
  expect(summarize(again)).toEqual(first?.summary);
});

test('a layer of much content, whose digests are made side by side', async () => {
  await using folder = temporaryFolder();
  const upper = join(folder.path, 'layer/fs');
  mkdirSync(upper, {recursive: true});
  for (const [name, size] of [
    ['small', 10],
    ['large', 3 << 20],
    ['larger', 40 << 20],
  ] as const) {
    writeFileSync(join(upper, name), Buffer.alloc(size, name));
  }
  expect(await summarizeLayer(upper)).toEqual(summarize(upper));
  expect(await summarizeLayer(upper, 1000)).toEqual(summarize(upper, {newest: 1000}));
});

test('more bytes than a promise of few', async () => {
  await using folder = temporaryFolder();
  const upper = join(folder.path, 'layer/fs');
  mkdirSync(upper, {recursive: true});
  const bytes = tarOf({name: 'a', content: 'x'.repeat(100_000), ...owner});
  const expected = {digest: digestOf(bytes), size: 70_000};
  await expect(
    unpackLayer(chunks(bytes, 10_000), {upper, lowers: []}, expected),
  ).rejects.toMatchObject({code: 'E_LAYER_SIZE'});
});

test('idle workers do not keep the process', () => {
  const script = `
    import {runInWorker} from './src/layer/worker-pool.ts';
    await runInWorker({kind: 'summarize', upper: '/proc/self/fdinfo/none'}).catch((error) => console.log(error.code));
  `;
  const {stdout, stderr, status} = spawnSync(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script],
    {encoding: 'utf8', timeout: 20_000},
  );
  expect({stderr, stdout, status}).toEqual({stderr: '', stdout: 'E_SYSCALL\n', status: 0});
});

test('a layer is poured into a pipe as the tar it is, and says what that was', async () => {
  await using folder = temporaryFolder();
  makeTree(folder.path, {...many, large: 'x'.repeat(3_000_000)});
  using pipe = openPipe();
  const reader = spawn('cat', {stdio: [pipe.readEnd, 'pipe', 'inherit']});
  pipe.close('readEnd');
  const read = buffer(reader.stdout as Readable);
  const {diffID} = summarize(folder.path);
  expect(await pourTar(folder.path, pipe.writeEnd)).toBe(diffID);
  pipe.close('writeEnd');
  expect(digestOf(await read)).toBe(diffID);
});

test('a reader that leaves ends the pouring, which says nothing of what it wrote', async () => {
  await using folder = temporaryFolder();
  makeTree(folder.path, {large: 'x'.repeat(5_000_000)});
  using pipe = openPipe();
  const reader = spawn('head', ['-c', '10'], {stdio: [pipe.readEnd, 'ignore', 'inherit']});
  pipe.close('readEnd');
  expect(await pourTar(folder.path, pipe.writeEnd)).toBeUndefined();
  if (reader.exitCode === null) await once(reader, 'exit');
});

const noise = randomBytes(3_000_000).toString('base64');
const zipped = gzipSync(tarOf({name: 'a', content: noise, ...owner}));

test.for([
  {name: 'cut gzip', bytes: zipped.subarray(0, 1_000_000)},
  {name: 'gzip that goes wrong', bytes: spoiled(zipped)},
])('$name is told by whoever decompresses it', async ({bytes}) => {
  await using folder = temporaryFolder();
  const target = {upper: join(folder.path, 'layer/fs'), lowers: []};
  mkdirSync(target.upper, {recursive: true});
  await expect(unpackLayer(chunks(bytes, 1 << 16), target)).rejects.toMatchObject({
    code: 'E_COMPRESSION',
  });
});

test('many layers at once are unpacked in turn, with other work between', async () => {
  await using folder = temporaryFolder();
  makeTree(join(folder.path, 'tree'), many);
  const bytes = gzipSync(tarOf({name: 'a', content: 'x'.repeat(5_000_000), ...owner}));
  const unpacking = Array.from({length: 6}, async (_, index) => {
    const target = {upper: join(folder.path, `layer${index}/fs`), lowers: []};
    mkdirSync(target.upper, {recursive: true});
    const [{counts}] = await Promise.all([
      unpackLayer(chunks(bytes, 1 << 16), target),
      fingerprintLayer(join(folder.path, 'tree')),
    ]);
    return counts.files;
  });
  expect(await Promise.all(unpacking)).toEqual([1, 1, 1, 1, 1, 1]);
});
