import {appendFileSync, renameSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {GrowingFile} from '../../src/content/growing-file.js';
import {describe as descriptorOf} from '../../src/oci/descriptor.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

const blob = descriptorOf('text/plain', Buffer.from('one two three'));

function growing() {
  const folder = temporaryFolder();
  const path = join(folder.path, 'draft');
  writeFileSync(path, '');
  const file = new GrowingFile(path);
  return {
    file,
    path,
    write(text: string) {
      appendFileSync(path, text);
      file.grew(text.length);
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  return text;
}

test('a reader gets what is there, and then the rest, under whatever name', async () => {
  await using place = growing();
  const {file, path} = place;
  place.write('one ');
  using reader = file.open();
  const text = textOf(reader.read());
  await Promise.resolve();
  place.write('two ');
  renameSync(path, `${path}.whole`);
  appendFileSync(`${path}.whole`, 'three');
  file.grew(5);
  file.ended({blob});
  expect(await text).toBe('one two three');
  expect(file.blob).toEqual(blob);
});

test('where the writing fails the reading does', async () => {
  await using place = growing();
  place.write('one ');
  using reader = place.file.open();
  const text = textOf(reader.read());
  place.file.ended({error: new RangeError('the disk is on fire')});
  await expect(text).rejects.toThrow('the disk is on fire');
  expect(place.file.blob).toBeUndefined();
});

test('nothing is read after the end of the reader, though its number be another file by then', async () => {
  await using place = growing();
  place.write('one ');
  const reader = place.file.open();
  const chunks = reader.read();
  expect(String((await chunks.next()).value)).toBe('one ');
  reader[Symbol.dispose]();
  place.write('two ');
  await expect(chunks.next()).rejects.toThrow('read after it was closed');
});

test('it exceeds a size as soon as it does, and does not when it ends before', async () => {
  await using place = growing();
  const {file} = place;
  const [exceeds3, exceeds4] = [file.exceeds(3), file.exceeds(4)];
  place.write('one ');
  file.ended({blob});
  expect(await exceeds3).toBe(true);
  expect(await exceeds4).toBe(false);
});
