/** What is written is read alike by tar-stream, by GNU tar and by our own reader; what they write, we read. */
import {spawnSync} from 'node:child_process';
import {Readable} from 'node:stream';
import fc from 'fast-check';
import * as tarStream from 'tar-stream';
import {expect, test} from 'vitest';
import {BLOCK, type TarHeader} from '../../src/archive/tar-header.js';
import {TarReader} from '../../src/archive/tar-reader.js';
import {formatHeader} from '../../src/archive/tar-writer.js';
import {endOfArchive, header, tarOf} from '../helpers/tar-bytes.js';

function ours(archive: Buffer, chunk = 1000): {header: TarHeader; content: Buffer}[] {
  const entries: {header: TarHeader; content: Buffer}[] = [];
  const reader = new TarReader({
    entry: (found) => entries.push({header: found, content: Buffer.alloc(0)}),
    data: (bytes) => {
      const entry = entries.at(-1);
      if (entry !== undefined) entry.content = Buffer.concat([entry.content, bytes]);
    },
    close: () => undefined,
  });
  for (let from = 0; from < archive.length; from += chunk) {
    reader.push(Buffer.from(archive.subarray(from, from + chunk)));
  }
  reader.finish();
  return entries;
}

async function collect(source: Readable | tarStream.Pack): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source as unknown as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const byte = fc.integer({min: 1, max: 255}).map((code) => String.fromCharCode(code));
const component = fc
  .string({unit: byte, minLength: 1, maxLength: 60})
  .map((text) => text.replaceAll('/', '_'))
  .filter((text) => text !== '.' && text !== '..');
const path = fc.array(component, {minLength: 1, maxLength: 6}).map((names) => names.join('/'));
const xattrs = fc
  .dictionary(
    fc
      .string({unit: fc.constantFrom('a', 'b', 'c', '.'), minLength: 1, maxLength: 8})
      .map((key) => `user.${key}`),
    fc.uint8Array({maxLength: 40}),
    {minKeys: 1, maxKeys: 3},
  )
  .map((pairs) => new Map(Object.entries(pairs).map(([key, value]) => [key, Buffer.from(value)])));

const headers: fc.Arbitrary<TarHeader> = fc
  .record({
    type: fc.constantFrom('file', 'symlink', 'hard-link', 'directory', 'fifo', 'character-device'),
    path,
    linkName: path,
    mode: fc.integer({min: 0, max: 0o7777}),
    uid: fc.integer({min: 0, max: 0xfffffffe}),
    gid: fc.integer({min: 0, max: 0xfffffffe}),
    size: fc.oneof(fc.nat(4096), fc.integer({min: 0, max: 2 ** 45})),
    mtime: fc.integer({min: -(2 ** 33), max: 2 ** 35}),
    deviceMajor: fc.nat(4095),
    deviceMinor: fc.nat(0xfffff),
    xattrs: fc.option(xattrs, {nil: undefined}),
  })
  .map(({path: name, ...fields}) => {
    const {type} = fields;
    const device = type === 'character-device';
    const linked = type === 'symlink' || type === 'hard-link';
    return header({
      ...fields,
      name: type === 'directory' ? `${name}/` : name,
      size: type === 'file' ? fields.size : 0,
      linkName: linked ? fields.linkName : '',
      deviceMajor: device ? fields.deviceMajor : 0,
      deviceMinor: device ? fields.deviceMinor : 0,
    } as TarHeader);
  });

const defined = (value: TarHeader): object =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));

test('a header written is the header read', () => {
  fc.assert(
    fc.property(headers, (written) => {
      let read: TarHeader | undefined;
      const reader = new TarReader({
        entry: (found) => (read = found),
        data: () => undefined,
        close: () => undefined,
      });
      reader.push(formatHeader(written));
      expect(defined(read as TarHeader)).toEqual(defined(written));
    }),
    {numRuns: 500},
  );
});

test('equal headers give equal bytes, whole blocks each', () => {
  fc.assert(
    fc.property(headers, (written) => {
      const bytes = formatHeader(written);
      expect(bytes.length % BLOCK).toBe(0);
      expect(formatHeader({...written})).toEqual(bytes);
    }),
  );
});

const text = fc
  .string({unit: fc.constantFrom('a', 'b', 'é', '汉', '-', ' '), minLength: 1, maxLength: 40})
  .filter((name) => name.trim() === name && !name.startsWith('-'));
const files = fc.array(
  fc.record({
    name: fc
      .array(text, {minLength: 1, maxLength: 8})
      .map((names) => Buffer.from(names.join('/')).toString('latin1')),
    content: fc.string({maxLength: 2000}),
    // tar-stream takes 0 for its default.
    mode: fc.integer({min: 1, max: 0o777}),
    // tar-stream writes six octal digits.
    uid: fc.nat(0o777777),
    xattrs: fc.option(xattrs, {nil: undefined}),
  }),
  {minLength: 1, maxLength: 5},
);
const utf8 = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8');

test('tar-stream reads what we write', async () => {
  await fc.assert(
    fc.asyncProperty(files, async (drafts) => {
      const extract = Readable.from([tarOf(...(drafts as []))]).pipe(tarStream.extract());
      const found: object[] = [];
      for await (const entry of extract) {
        const chunks: Buffer[] = [];
        for await (const chunk of entry) chunks.push(chunk as Buffer);
        const {name, mode, uid} = entry.header;
        found.push({name, mode, uid, content: Buffer.concat(chunks).toString()});
      }
      expect(found).toEqual(
        drafts.map(({name, mode, uid, content}) => ({name: utf8(name), mode, uid, content})),
      );
    }),
    {numRuns: 50},
  );
});

test('we read what tar-stream writes', async () => {
  await fc.assert(
    fc.asyncProperty(files, async (drafts) => {
      const pack = tarStream.pack();
      for (const {name, content, mode, uid} of drafts)
        pack.entry({name: utf8(name), mode, uid}, content);
      pack.finalize();
      const archive = await collect(pack);
      const found = ours(archive).map(({header: {name, mode, uid}, content}) => ({
        name,
        mode,
        uid,
        content: content.toString(),
      }));
      expect(found).toEqual(
        drafts.map(({name, content, mode, uid}) => ({name, mode, uid, content})),
      );
    }),
    {numRuns: 50},
  );
});

test('GNU tar lists what we write, long names and big numbers too', () => {
  const long = 'd/'.repeat(90) + 'f'.repeat(120);
  const archive = Buffer.concat([
    tarOf(
      {name: long, content: 'x', uid: 3_000_000},
      {name: 'link', type: 'symlink', linkName: long},
    ).subarray(0, -1024),
    formatHeader(header({name: 'huge', size: 9 * 2 ** 30})),
  ]);
  const {stdout} = spawnSync('tar', ['--numeric-owner', '--utc', '-tvf', '-'], {input: archive});
  const lines = stdout.toString().split('\n');
  expect(lines[0]).toBe(`-rw-r--r-- 3000000/0         1 2023-11-14 22:13 ${long}`);
  expect(lines[1]).toContain(`link -> ${long}`);
  expect(lines[2]).toContain(' 9663676416 ');
  expect(endOfArchive()).toHaveLength(1024);
});

test('we read what GNU tar writes, in each of its formats', () => {
  const long = `${'n'.repeat(150)}`;
  for (const format of ['gnu', 'posix', 'oldgnu', 'v7', 'ustar']) {
    const names = format === 'v7' || format === 'ustar' ? ['short'] : ['short', long];
    const script = `cd "$(mktemp -d)" && printf hello > short && printf world > ${long} && ln -s short link && tar --format=${format} --owner=7 --group=8 --numeric-owner -cf - ${names.join(' ')} link && rm -r "$PWD"`;
    const {stdout} = spawnSync('sh', ['-c', script]);
    const entries = ours(stdout, 700);
    expect(entries.map(({header: {name}}) => name)).toEqual([...names, 'link']);
    expect(entries.map(({content}) => content.toString())).toEqual([
      ...names.map((name) => (name === 'short' ? 'hello' : 'world')),
      '',
    ]);
    expect(entries.at(-1)?.header).toMatchObject({
      type: 'symlink',
      linkName: 'short',
      uid: 7,
      gid: 8,
    });
  }
});

test('we read the sparse files that GNU tar writes, in each of its formats', () => {
  const formats = [
    '--format=gnu',
    '--format=posix --sparse-version=0.0',
    '--format=posix --sparse-version=0.1',
    '--format=posix --sparse-version=1.0',
  ];
  for (const format of formats) {
    const script = `cd "$(mktemp -d)" && for i in $(seq 0 9); do printf data$i | dd of=f bs=1 seek=$((i * 1048576)) conv=notrunc status=none; done && truncate -s 20M f && tar ${format} -S -cf - f && rm -r "$PWD"`;
    const {stdout} = spawnSync('sh', ['-c', script], {maxBuffer: 1 << 26});
    const [entry] = ours(stdout, 1000);
    const {size, sparse = [], name} = entry!.header;
    expect({format, name, size}).toEqual({format, name: 'f', size: 20 * 2 ** 20});
    const whole = Buffer.alloc(size);
    let from = 0;
    for (const {offset, length} of sparse) {
      entry?.content.copy(whole, offset, from, from + length);
      from += length;
    }
    const found = Array.from({length: 10}, (_, i) =>
      whole.toString('latin1', i * 2 ** 20, i * 2 ** 20 + 5),
    );
    expect(found).toEqual(Array.from({length: 10}, (_, i) => `data${i}`));
  }
});
