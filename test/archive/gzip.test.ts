import {spawnSync} from 'node:child_process';
import {createHash, randomBytes} from 'node:crypto';
import {buffer as collect} from 'node:stream/consumers';
import {gunzipSync} from 'node:zlib';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {gzip} from '../../src/archive/gzip.js';
import {gunzip} from '../../src/archive/inflate.js';
import {chunks} from '../helpers/chunks.js';

/** Text, then noise, then zeros, around the edges of blocks. */
function sample(length: number): Buffer {
  const seed = createHash('sha256').update(String(length)).digest('hex');
  return Buffer.concat([Buffer.alloc(length, seed), randomBytes(1000), Buffer.alloc(length)]);
}

/** Text and noise in turns, 4 MB. */
function mixed(noise: number, text: number): readonly Buffer[] {
  const turns = Math.floor(4_000_000 / (noise + text));
  return Array.from({length: turns}, (_, turn) =>
    Buffer.concat([randomBytes(noise), Buffer.alloc(text, `text of turn ${turn}. `)]),
  );
}

/** Of 32 bits, whose low half is noise. */
function numbers(count: number): Buffer {
  const bytes = Buffer.alloc(count);
  for (let at = 0; at < count; at += 4) randomBytes(2).copy(bytes, at);
  return bytes;
}

test.each([0, 1, 1000, 524_288, 1_048_576 - 500, 1_500_000, 5_000_000])(
  '%i bytes come back, by gzip(1), by node:zlib and by us',
  async (length) => {
    const data = length === 0 ? Buffer.alloc(0) : sample(length);
    const packed = await collect(gzip(chunks(data, 100_000)));
    expect(gunzipSync(packed).equals(data)).toBe(true);
    expect(
      spawnSync('gzip', ['-dc'], {input: packed, maxBuffer: 1 << 26}).stdout.equals(data),
    ).toBe(true);
    expect((await collect(gunzip(chunks(packed, 10_000)))).equals(data)).toBe(true);
  },
);

test.each<{name: string; parts: readonly Buffer[]; most: number}>([
  {name: 'noise alone', parts: [randomBytes(5_000_000)], most: 5_002_000},
  {name: 'noise between text', parts: mixed(40_000, 70_000), most: 1_930_000},
  {name: 'noise in crumbs', parts: mixed(3000, 3000), most: 2_400_000},
  {name: 'noise up to the end of a block', parts: [randomBytes(2 << 20)], most: (2 << 20) + 2000},
  {
    name: 'text, then noise to the end',
    parts: [Buffer.alloc(1 << 20, 'text'), randomBytes(1 << 20)],
    most: 1_060_000,
  },
  {name: 'numbers with noise in their low bytes', parts: [numbers(1 << 20)], most: 800_000},
])('$name comes back, and what can be compressed is', async ({parts, most}) => {
  const data = Buffer.concat(parts);
  for (const level of [1, 4, 9]) {
    const packed = await collect(gzip(chunks(data, 100_000), {level}));
    expect(gunzipSync(packed).equals(data)).toBe(true);
    expect(
      spawnSync('gzip', ['-dc'], {input: packed, maxBuffer: 1 << 26}).stdout.equals(data),
    ).toBe(true);
    expect(packed.length).toBeLessThan(most);
  }
});

test('the bytes are the same whatever the chunks', async () => {
  const data = sample(1_700_000);
  const whole = await collect(gzip(chunks(data, data.length)));
  await fc.assert(
    fc.asyncProperty(fc.integer({min: 1000, max: 3_000_000}), async (size) => {
      expect((await collect(gzip(chunks(data, size)))).equals(whole)).toBe(true);
    }),
    {numRuns: 10},
  );
});

test('one member: no name, no time, no system', async () => {
  const packed = await collect(gzip(chunks(Buffer.from('hello'), 2)));
  expect(packed.subarray(0, 10).toString('hex')).toBe('1f8b08000000000000ff');
  expect(spawnSync('gzip', ['-lv'], {input: packed}).status).toBe(0);
});

test('a block knows what stood before it', async () => {
  const noise = randomBytes(1 << 20);
  const edge = Buffer.concat([noise, noise.subarray(-30_000)]);
  const packed = await collect(gzip(chunks(edge, 1 << 16)));
  expect(packed.length).toBeLessThan(noise.length + 2000);
});

test('a lower level is another trade', async () => {
  const data = Buffer.alloc(3_000_000, 'abcdefgh 12345 abcdefxy');
  const [fast, small] = [
    await collect(gzip(chunks(data, 65_536), {level: 1})),
    await collect(gzip(chunks(data, 65_536), {level: 9})),
  ];
  expect(gunzipSync(fast).equals(data)).toBe(true);
  expect(small.length).toBeLessThan(fast.length);
});

test('what the source throws passes through', async () => {
  async function* failing(): AsyncGenerator<Buffer> {
    yield Buffer.alloc(3 << 20);
    throw new RangeError('from the source');
  }
  await expect(collect(gzip(failing()))).rejects.toThrow(RangeError);
});
