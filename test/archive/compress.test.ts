import {spawnSync} from 'node:child_process';
import {createHash, randomBytes} from 'node:crypto';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {buffer as collect} from 'node:stream/consumers';
import {createGzip} from 'node:zlib';
import {expect, onTestFinished, type TestContext, test, vi} from 'vitest';
import {compress, type PackingForm} from '../../src/archive/compress.js';
import {decompress} from '../../src/archive/decompress.js';
import {throughTransform} from '../../src/archive/through.js';
import {chunks} from '../helpers/chunks.js';
import {needs} from '../helpers/needs.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

async function* failing(): AsyncGenerator<Buffer> {
  yield randomBytes(100_000);
  throw new RangeError('from the source');
}

const digits = Array.from({length: 60_000}, (_, index) =>
  createHash('md5').update(String(index)).digest('hex'),
);
const sample = Buffer.from(digits.join(' '));

/** The same module for whom nothing but this is on the PATH. */
async function compressorWhere(program?: string): Promise<typeof compress> {
  const folder = temporaryFolder();
  onTestFinished(() => folder[Symbol.asyncDispose]());
  if (program !== undefined) {
    writeFileSync(join(folder.path, 'igzip'), `#!/bin/sh\n${program}\n`, {mode: 0o755});
  }
  onTestFinished(() => void vi.unstubAllEnvs());
  vi.stubEnv('PATH', folder.path);
  vi.resetModules();
  return (await import('../../src/archive/compress.js')).compress;
}

/** gzip needs nothing. */
function needsPacker(context: TestContext, {compression}: PackingForm): void {
  if (compression === 'zstd') needs(context, 'zstd of Node or as a program');
}

const forms: readonly PackingForm[] = [
  {compression: 'gzip'},
  {compression: 'gzip', level: 0},
  {compression: 'gzip', level: 9},
  {compression: 'zstd'},
  {compression: 'zstd', level: 1},
];

test.for(forms)('$compression $level comes back', async (form, context) => {
  needsPacker(context, form);
  const packed = await collect(compress(chunks(sample, 70_000), form));
  const {compression, bytes} = await decompress(chunks(packed, 10_000));
  expect(compression).toBe(form.compression);
  expect((await collect(bytes)).equals(sample)).toBe(true);
});

test.for(forms)('$compression $level gives the same bytes in any chunks', async (form, context) => {
  needsPacker(context, form);
  const whole = await collect(compress(chunks(sample, sample.length), form));
  expect((await collect(compress(chunks(sample, 4321), form))).equals(whole)).toBe(true);
});

test('the highest level is taken too', async (context) => {
  needsPacker(context, {compression: 'zstd'});
  const small = sample.subarray(0, 20_000);
  const packed = compress(chunks(small, 7000), {compression: 'zstd', level: 22});
  expect((await collect((await decompress(packed)).bytes)).equals(small)).toBe(true);
});

test('a higher level is smaller, and the usual one is what no level means', async (context) => {
  needsPacker(context, {compression: 'zstd'});
  const sizeOf = async (form: PackingForm) =>
    (await collect(compress(chunks(sample, 70_000), form))).length;
  expect(await sizeOf({compression: 'gzip', level: 1})).toBeGreaterThan(
    await sizeOf({compression: 'gzip', level: 9}),
  );
  expect(await sizeOf({compression: 'zstd', level: 3})).toBe(await sizeOf({compression: 'zstd'}));
});

test('igzip that fails is no archive cut short, and says why', async () => {
  const broken = await compressorWhere('echo broken >&2; exit 3');
  await expect(
    collect(broken(chunks(sample, 70_000), {compression: 'gzip'})),
  ).rejects.toMatchObject({
    code: 'E_COMPRESSION',
    message: expect.stringContaining('broken'),
  });
});

test('igzip packs where it is installed and no level is asked for', async (context) => {
  needs(context, 'igzip');
  const bytesOf = (from: typeof compress, form: PackingForm) =>
    collect(from(chunks(sample, 70_000), form));
  const level4 = await bytesOf(compress, {compression: 'gzip', level: 4});
  const free = await bytesOf(compress, {compression: 'gzip'});
  expect(free.equals(level4)).toBe(false);
  const {stdout} = spawnSync('igzip', ['-q', '-n', '-2'], {input: sample, maxBuffer: 1 << 24});
  expect(free.equals(stdout)).toBe(true);
  const bare = await compressorWhere();
  expect((await bytesOf(bare, {compression: 'gzip'})).equals(level4)).toBe(true);
});

const ways = [
  {name: 'gzip', through: () => compress(failing(), {compression: 'gzip'})},
  {name: 'zstd', through: () => compress(failing(), {compression: 'zstd'})},
  {name: 'a transform', through: () => throughTransform(failing(), createGzip(), 'gzip')},
] as const;

test.for(ways)('what the source throws passes through $name', async ({name, through}, context) => {
  if (name === 'zstd') needsPacker(context, {compression: name});
  await expect(collect(through())).rejects.toThrow(RangeError);
});

test('a reader that leaves ends the source', async (context) => {
  needsPacker(context, {compression: 'zstd'});
  let ended = false;
  async function* endless(): AsyncGenerator<Buffer> {
    try {
      for (;;) yield randomBytes(100_000);
    } finally {
      ended = true;
    }
  }
  for await (const _ of compress(endless(), {compression: 'zstd'})) break;
  await expect.poll(() => ended).toBe(true);
});
