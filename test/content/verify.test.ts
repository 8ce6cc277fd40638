import {Readable} from 'node:stream';
import {expect, test} from 'vitest';
import {verified, verifyBytes} from '../../src/content/verify.js';
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
