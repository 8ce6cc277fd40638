import {expect, test} from 'vitest';
import type {TarHeader} from '../../src/archive/tar-header.js';
import {formatPax} from '../../src/archive/tar-pax.js';
import {TarReader} from '../../src/archive/tar-reader.js';
import {paddingOf} from '../../src/archive/tar-writer.js';
import {endOfArchive, entryBytes, patched, tarOf} from '../helpers/tar-bytes.js';

interface Read {
  readonly header: TarHeader;
  readonly content: string;
}

function read(archive: Buffer, chunk = archive.length): Read[] {
  const entries: Read[] = [];
  let current: TarHeader | undefined;
  let content = '';
  const reader = new TarReader({
    entry: (header) => {
      current = header;
      content = '';
    },
    data: (bytes) => {
      content += bytes.toString('latin1');
    },
    close: () => entries.push({header: current as TarHeader, content}),
  });
  for (let from = 0; from < archive.length; from += chunk) {
    reader.push(Buffer.from(archive.subarray(from, from + chunk)));
  }
  reader.finish();
  return entries;
}

const file = entryBytes({name: 'file', content: 'hello'});

/** An extended header of any type flag over any bytes. */
function extended(flag: string, data: Buffer): Buffer {
  const head = entryBytes({name: 'extended', size: data.length}).subarray(0, 512);
  const block = patched(head, 0, (bytes) => bytes.write(flag, 156, 'latin1'));
  return Buffer.concat([block, data, Buffer.alloc(paddingOf(data.length))]);
}

const sizeField = (text: string) => (block: Buffer) => {
  block.write(text, 124, 12, 'latin1');
};

test.each(
  [
    {
      name: 'a wrong checksum',
      archive: Buffer.from(file.toString('latin1').replace('0000644', '0000755'), 'latin1'),
      code: 'E_TAR_FORMAT',
    },
    {
      name: 'digits that are not octal',
      archive: patched(file, 0, sizeField('0000000009x\0')),
      code: 'E_TAR_FORMAT',
    },
    {
      name: 'a negative size',
      archive: patched(file, 0, (block) => block.fill(0xff, 124, 136)),
      code: 'E_TAR_FORMAT',
    },
    {
      name: 'a size beyond 53 bits',
      archive: patched(file, 0, (block) => block.fill(0xff, 125, 136).fill(0xbf, 124, 125)),
      code: 'E_TAR_FORMAT',
    },
    {
      name: 'an unknown type',
      archive: patched(file, 0, (block) => block.write('Z', 156)),
      code: 'E_TAR_FORMAT',
    },
    {
      name: 'a negative pax size',
      archive: Buffer.concat([extended('x', formatPax([['size', '-1']])), file]),
      code: 'E_TAR_FORMAT',
    },
    {
      name: 'a pax uid of -1',
      archive: Buffer.concat([extended('x', formatPax([['uid', '4294967295']])), file]),
      code: 'E_TAR_FORMAT',
    },
    {
      name: 'a pax record of length 0',
      archive: Buffer.concat([extended('x', Buffer.from('0 a=b\n')), file]),
      code: 'E_TAR_FORMAT',
    },
    {
      name: 'a pax record longer than the header',
      archive: Buffer.concat([extended('x', Buffer.from('99 a=b\n')), file]),
      code: 'E_TAR_FORMAT',
    },
    {
      name: 'a pax record without =',
      archive: Buffer.concat([extended('x', Buffer.from('6 abc\n')), file]),
      code: 'E_TAR_FORMAT',
    },
    {
      name: 'a pax header of 2 MiB',
      archive: extended('x', Buffer.alloc(2 << 20)),
      code: 'E_TAR_LIMIT',
    },
    {
      name: 'a GNU name of 1 MiB',
      archive: extended('L', Buffer.alloc(1 << 20, 'a')),
      code: 'E_TAR_LIMIT',
    },
    {
      name: 'an extended header at the very end',
      archive: extended('x', formatPax([['path', 'a']])),
      code: 'E_TAR_TRUNCATED',
    },
    {
      name: 'an end of archive after an extended header',
      archive: Buffer.concat([extended('L', Buffer.from('a')), endOfArchive()]),
      code: 'E_TAR_FORMAT',
    },
    {name: 'half a header', archive: file.subarray(0, 100), code: 'E_TAR_TRUNCATED'},
    {name: 'half a content', archive: file.subarray(0, 514), code: 'E_TAR_TRUNCATED'},
    {
      name: 'a content without its padding',
      archive: file.subarray(0, 517),
      code: 'E_TAR_TRUNCATED',
    },
    {
      name: 'a sparse map out of the file',
      archive: sparseFile('0,10,20,10', 20, 'x'.repeat(20)),
      code: 'E_TAR_FORMAT',
    },
    {
      name: 'a sparse map that goes back',
      archive: sparseFile('10,10,0,10', 20, 'x'.repeat(20)),
      code: 'E_TAR_FORMAT',
    },
    {
      name: 'a sparse map of fewer bytes than stored',
      archive: sparseFile('0,10', 20, 'x'.repeat(20)),
      code: 'E_TAR_FORMAT',
    },
    {
      name: 'a sparse map of odd length',
      archive: sparseFile('0,10,5', 20, 'x'.repeat(10)),
      code: 'E_TAR_FORMAT',
    },
  ].filter((row) => row.code !== undefined),
)('refuses $name', ({archive, code}) => {
  for (const chunk of [archive.length, 7]) {
    expect(() => read(archive, chunk)).toThrow(expect.objectContaining({code}));
  }
});

function sparseFile(map: string, realSize: number, stored: string): Buffer {
  const records = formatPax([
    ['GNU.sparse.major', '0'],
    ['GNU.sparse.minor', '1'],
    ['GNU.sparse.name', 'sparse'],
    ['GNU.sparse.size', String(realSize)],
    ['GNU.sparse.map', map],
  ]);
  return Buffer.concat([
    extended('x', records),
    entryBytes({name: 'x', content: stored}),
    endOfArchive(),
  ]);
}

test('reads the map and the stored bytes of a sparse file', () => {
  const [entry] = read(sparseFile('2,3,8,1', 20, 'abcd'), 100);
  expect(entry).toMatchObject({
    content: 'abcd',
    header: {
      name: 'sparse',
      size: 20,
      sparse: [
        {offset: 2, length: 3},
        {offset: 8, length: 1},
      ],
    },
  });
});

test('takes GNU long names, and lets PAX win over them', () => {
  const long = `${'d/'.repeat(100)}f`;
  const named = Buffer.concat([extended('L', Buffer.from(`${long}\0`)), file]);
  const both = Buffer.concat([
    extended('L', Buffer.from('gnu\0')),
    extended('x', formatPax([['path', 'pax']])),
    file,
  ]);
  expect(read(Buffer.concat([named, both, file]), 1).map(({header}) => header.name)).toEqual([
    long,
    'pax',
    'file',
  ]);
});

test('reads over global headers and ignores them', () => {
  const archive = Buffer.concat([
    extended('g', formatPax([['path', 'global']])),
    file,
    endOfArchive(),
  ]);
  expect(read(archive).map(({header}) => header.name)).toEqual(['file']);
});

test('takes an archive that ends without its zero blocks, and ignores what follows them', () => {
  expect(read(file)).toHaveLength(1);
  expect(read(Buffer.concat([tarOf({name: 'a'}), Buffer.from('garbage')]))).toHaveLength(1);
});

test('takes signed checksums, and a directory from before POSIX', () => {
  const latin = patched(entryBytes({name: 'caf\xe9/'}), 0, (block) => block.write('\0', 156));
  const block = Buffer.from(latin);
  const inField = (index: number) => index >= 148 && index < 156;
  const signed = new Int8Array(block).reduce(
    (sum, byte, index) => sum + (inField(index) ? 32 : byte),
    0,
  );
  block.write(`${signed.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  expect(read(block)[0]?.header).toMatchObject({type: 'directory', name: 'caf\xe9/'});
});

test('gives the same entries whatever the size of the chunks', () => {
  const archive = tarOf(
    {name: 'a', content: 'x'.repeat(1000)},
    {name: 'd/', type: 'directory'},
    {name: 'n'.repeat(300), content: 'y'},
  );
  const whole = read(archive);
  for (const chunk of [1, 511, 512, 513, 4096]) expect(read(archive, chunk)).toEqual(whole);
});
