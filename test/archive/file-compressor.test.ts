import {randomBytes} from 'node:crypto';
import {closeSync, openSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {buffer as collect} from 'node:stream/consumers';
import {expect, onTestFinished, test, vi} from 'vitest';
import {compress, fileCompressor} from '../../src/archive/compress.js';
import {FileCompressor} from '../../src/archive/file-compressor.js';
import {openPipe} from '../../src/linux/pipe.js';
import {chunks} from '../helpers/chunks.js';
import {needs} from '../helpers/needs.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

const sample = Buffer.concat([Buffer.alloc(2_000_000, 'layer'), randomBytes(1_000_000)]);

/** An open file with the sample, one to write to, and a program that is a script. */
function files() {
  const folder = temporaryFolder();
  const pathOf = (name: string) => join(folder.path, name);
  writeFileSync(pathOf('in'), sample);
  const fd = openSync(pathOf('in'), 'r');
  const to = openSync(pathOf('out'), 'wx');
  return {
    fd,
    to,
    written: () => readFileSync(pathOf('out')),
    program(script: string) {
      writeFileSync(pathOf('igzip'), `#!/bin/sh\n${script}\n`, {mode: 0o755});
      onTestFinished(() => void vi.unstubAllEnvs());
      vi.stubEnv('PATH', `${folder.path}:/usr/bin:/bin`);
      return new FileCompressor('igzip', []);
    },
    async [Symbol.asyncDispose]() {
      closeSync(fd);
      closeSync(to);
      await folder[Symbol.asyncDispose]();
    },
  };
}

const settled = async (): Promise<void> => undefined;

test('a program that fails is told of in its own words', async () => {
  await using place = files();
  const broken = place.program('echo broken >&2; exit 3');
  await expect(broken.compress({fd: place.fd, settle: settled}, place.to)).rejects.toMatchObject({
    code: 'E_COMPRESSION',
    message: expect.stringContaining('broken'),
  });
});

test('one that is not there is named', async () => {
  await using place = files();
  vi.stubEnv('PATH', '/nowhere');
  onTestFinished(() => void vi.unstubAllEnvs());
  const compressor = new FileCompressor('igzip', []);
  await expect(
    compressor.compress({fd: place.fd, settle: settled}, place.to),
  ).rejects.toMatchObject({code: 'E_DECOMPRESSOR_MISSING'});
});

test('what is wrong with the input comes first, and ends the program', async () => {
  await using place = files();
  const patient = place.program('exec sleep 1000');
  const settle = () => Promise.reject(new RangeError('other bytes'));
  await expect(patient.compress({fd: place.fd, settle}, place.to)).rejects.toThrow(RangeError);
});

test('a program that leaves early lets go of the pipe it read', async () => {
  await using place = files();
  using pipe = openPipe();
  const hasty = place.program('exec head -c 10');
  const settle = async (): Promise<void> => {
    pipe.close('readEnd');
    pipe.close('writeEnd');
  };
  await hasty.compress({fd: pipe.readEnd, settle}, place.to);
});

test.for([{compression: 'gzip'}, {compression: 'zstd'}] as const)(
  'from file to file gives what $compression gives in between',
  async (form, context) => {
    needs(context, 'igzip');
    const compressor = fileCompressor(form);
    if (compressor === undefined) context.skip('this Node packs it without a program');
    await using place = files();
    await compressor?.compress({fd: place.fd, settle: settled}, place.to);
    const through = await collect(compress(chunks(sample, 70_000), form));
    expect(place.written().equals(through)).toBe(true);
  },
);
