import {Readable} from 'node:stream';
import {expect, test} from 'vitest';
import {observed, verified, verifyBytes} from '../../src/content/verify.js';
import type {Descriptor} from '../../src/oci/descriptor.js';
import {digestOf} from '../../src/oci/digest.js';

const hello = Buffer.from('hello');
const descriptor: Descriptor = {
  mediaType: 'application/octet-stream',
  digest: digestOf(hello),
  size: hello.byteLength,
};

const read = (...chunks: string[]) =>
  Readable.from(
    verified(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), descriptor),
  ).toArray();

test.each([
  {name: 'a truncated stream', chunks: ['hell'], code: 'E_SIZE_MISMATCH'},
  {name: 'an overlong stream', chunks: ['hello', '!'], code: 'E_SIZE_MISMATCH'},
  {name: 'other bytes of the same length', chunks: ['jello'], code: 'E_DIGEST_MISMATCH'},
])('rejects $name', async ({chunks, code}) => {
  await expect(read(...chunks)).rejects.toMatchObject({code});
  expect(() => verifyBytes(Buffer.from(chunks.join('')), descriptor)).toThrow(
    expect.objectContaining({code}),
  );
});

test('an endless stream is left at the promised size', async () => {
  let pulled = 0;
  async function* endless() {
    for (;;) {
      pulled++;
      yield hello;
    }
  }
  await expect(Readable.from(verified(endless(), descriptor)).toArray()).rejects.toMatchObject({
    code: 'E_SIZE_MISMATCH',
  });
  expect(pulled).toBe(2);
});

test.each([
  {name: 'one chunk', chunks: ['hello']},
  {name: 'many chunks', chunks: ['he', '', 'llo']},
])('passes matching bytes through: $name', async ({chunks}) => {
  expect(Buffer.concat(await read(...chunks))).toEqual(hello);
});

test('a stream that checks itself against the same is not checked again, observed or not', () => {
  const once = verified(Readable.from([hello]), descriptor);
  expect(verified(once, {...descriptor})).toBe(once);
  const seen = observed(once, () => undefined);
  expect(verified(seen, descriptor)).toBe(seen);
});

test.each([
  {
    name: 'that was promised otherwise',
    stream: () => verified(Readable.from([hello]), {...descriptor, digest: digestOf('jello')}),
  },
  {
    name: 'of which a part was taken',
    stream: () => {
      const stream = verified(Readable.from([hello.subarray(0, 2), hello.subarray(2)]), descriptor);
      void stream[Symbol.asyncIterator]().next();
      return stream;
    },
  },
  {
    name: 'that was observed after a part was taken',
    stream: () => {
      const stream = verified(Readable.from([hello]), descriptor);
      void stream[Symbol.asyncIterator]().next();
      return observed(stream, () => undefined);
    },
  },
  {
    name: 'that nobody checked',
    stream: () => observed(Readable.from([Buffer.from('jello')]), () => undefined),
  },
])('a stream $name does not pass for a whole one', async ({stream}) => {
  const got = verified(stream(), descriptor);
  await expect(Readable.from(got).toArray()).rejects.toThrow();
});

test('an observed stream tells of each chunk, and still refuses what is wrong', async () => {
  const told: number[] = [];
  const wrong = verified(Readable.from([Buffer.from('je'), Buffer.from('llo')]), descriptor);
  const stream = verified(
    observed(wrong, (bytes) => told.push(bytes)),
    descriptor,
  );
  await expect(Readable.from(stream).toArray()).rejects.toMatchObject({code: 'E_DIGEST_MISMATCH'});
  expect(told).toEqual([2, 3]);
});
