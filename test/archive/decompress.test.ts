import {spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {buffer as collect} from 'node:stream/consumers';
import {gzipSync} from 'node:zlib';
import fc from 'fast-check';
import {expect, onTestFinished, test, vi} from 'vitest';
import {decompress} from '../../src/archive/decompress.js';
import {gunzip, gunzipByStream} from '../../src/archive/inflate.js';
import {chunks} from '../helpers/chunks.js';
import {needs} from '../helpers/needs.js';

const whole = async (data: Buffer, size = data.length) =>
  collect((await decompress(chunks(data, size))).bytes);

const sample = Buffer.concat([Buffer.alloc(200_000, 'abc'), randomBytes(50_000)]);
const packed = gzipSync(sample);

const ways = [
  {way: 'zlib-sync', inflate: gunzip},
  {way: 'node:zlib', inflate: gunzipByStream},
];

test.each(
  ways.flatMap((row) => [
    {...row, name: 'a truncated stream', data: packed.subarray(0, -9)},
    {...row, name: 'a stream cut in its trailer', data: packed.subarray(0, -2)},
    {...row, name: 'a flipped bit', data: flipped(packed, 20_000)},
    {...row, name: 'a wrong checksum', data: flipped(packed, packed.length - 8)},
    {
      ...row,
      name: 'a second member that is cut',
      data: Buffer.concat([packed, packed.subarray(0, 500)]),
    },
  ]),
)('$way refuses $name', async ({data, inflate}) => {
  for (const size of [data.length, 1000]) {
    await expect(collect(inflate(chunks(data, size)))).rejects.toMatchObject({
      code: 'E_COMPRESSION',
    });
  }
});

function flipped(data: Buffer, at: number): Buffer {
  const copy = Buffer.from(data);
  copy[at] = (copy[at] as number) ^ 0x55;
  return copy;
}

test.each(ways)(
  '$way reads several members as one stream, in chunks of any size',
  async ({inflate}) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({maxLength: 3000}), {minLength: 1, maxLength: 4}),
        fc.integer({min: 1, max: 200}),
        async (parts, size) => {
          const data = Buffer.concat(parts.map((part) => gzipSync(part)));
          expect(await collect(inflate(chunks(data, size)))).toEqual(Buffer.concat(parts));
        },
      ),
      {numRuns: 100},
    );
  },
);

test('members of 64 KiB boundaries stay whole', async () => {
  const many = Buffer.concat(Array.from({length: 12}, () => packed));
  expect((await whole(many)).equals(Buffer.concat(Array.from({length: 12}, () => sample)))).toBe(
    true,
  );
});

test('zeros behind the last member are padding', async () => {
  expect((await whole(Buffer.concat([packed, Buffer.alloc(5000)]), 3000)).equals(sample)).toBe(
    true,
  );
});

test('what the source throws passes through', async () => {
  async function* failing(): AsyncGenerator<Buffer> {
    yield packed.subarray(0, 1000);
    throw new RangeError('from the source');
  }
  for (const {inflate} of ways)
    await expect(collect(inflate(failing()))).rejects.toThrow(RangeError);
});

const programs = ['bzip2', 'xz', 'zstd', 'gzip'] as const;

test.for(programs)('reads %s by its first bytes', async (program, context) => {
  needs(context, program);
  const {stdout, status} = spawnSync(program, ['-c'], {input: sample, maxBuffer: 1 << 26});
  expect(status).toBe(0);
  const {compression, bytes} = await decompress(chunks(stdout, 7000));
  expect(compression).toBe(program);
  expect((await collect(bytes)).equals(sample)).toBe(true);
});

test.for(['bzip2', 'xz', 'zstd'] as const)('refuses truncated %s', async (program, context) => {
  needs(context, program);
  const {stdout} = spawnSync(program, ['-c'], {input: sample, maxBuffer: 1 << 26});
  const cut = stdout.subarray(0, stdout.length / 2);
  await expect(whole(cut)).rejects.toMatchObject({code: 'E_COMPRESSION'});
});

test.for(['bzip2', 'xz'] as const)(
  'names %s when it is not installed, however much there is to read',
  async (program, context) => {
    needs(context, program);
    const {stdout} = spawnSync(program, ['-c'], {input: sample, maxBuffer: 1 << 26});
    vi.stubEnv('PATH', '/nowhere');
    onTestFinished(() => void vi.unstubAllEnvs());
    await expect(whole(stdout)).rejects.toMatchObject({
      code: 'E_DECOMPRESSOR_MISSING',
      message: expect.stringContaining(program),
    });
  },
);

test('anything else is plain', async () => {
  expect(await whole(Buffer.from('BZ'))).toEqual(Buffer.from('BZ'));
  expect(await whole(Buffer.alloc(0))).toEqual(Buffer.alloc(0));
});
