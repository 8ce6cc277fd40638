import {spawnSync} from 'node:child_process';
import {mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {ensureBase} from '../bases/ensure-base.js';
import {memoryImage} from '../helpers/memory-image.js';
import {needs} from '../helpers/needs.js';
import {rawRegistry} from '../helpers/raw-registry.js';
import {registriesOf} from '../helpers/registries.js';
import {push} from '../registry/client/moved.js';
import {openPlace, type Place} from './place.js';

/** A disk of 16 MiB, for a store; it goes with the mount. */
function smallDisk(place: Place): Disposable & {readonly path: string} {
  const path = join(place.directory, 'small');
  mkdirSync(path);
  run('mount', '-t', 'tmpfs', '-o', 'size=16m,mode=755', 'tmpfs', path);
  return {path, [Symbol.dispose]: () => run('umount', '--lazy', path)};
}

function run(program: string, ...args: readonly string[]): void {
  const {status, stderr} = spawnSync(program, args, {encoding: 'utf8'});
  if (status !== 0) throw new Error(stderr);
}

const page = 'x'.repeat(4096);
const large = page.repeat(5000);
const many = Array.from({length: 5000}, (_, index) => [`many/${index}`, page] as const);

test.for([
  {name: 'one large file', files: {large}, line: 'COPY large /'},
  {name: 'many small files', files: Object.fromEntries(many), line: 'COPY many /many'},
  {name: 'a file beside the step’s own', files: {large}, line: 'ADD large large /'},
])(
  'a build that fills the disk says so, and the store still works: $name',
  async (row, context) => {
    needs(context, 'root');
    await using place = await openPlace('root');
    using disk = smallDisk(place);
    const env = {TSBUILD_ROOT: disk.path};
    await place.ok(['load', '--quiet'], {env, stdin: await ensureBase('busybox')});
    const files = place.context({...row.files, Dockerfile: `FROM busybox\n${row.line}\n`});

    const {code, stderr} = await place.run(['build', '--progress', 'plain', files], {env});

    expect(stderr).toContain('code: E_STORE_FULL');
    expect(stderr).toContain(`>>> ${row.line}`);
    expect(stderr).toContain('hint: Free some');
    expect(code).toBe(1);
    const small = place.context({Dockerfile: 'FROM busybox\nRUN echo fits > /file\n'});
    await place.ok(['build', '-q', small], {env});
    expect(readdirSync(join(disk.path, 'ingest'))).toEqual([]);
  },
);

test('a container that fills the disk ends as its command does, and gives the room back', async (context) => {
  needs(context, 'root');
  await using place = await openPlace('root');
  using disk = smallDisk(place);
  const env = {TSBUILD_ROOT: disk.path};
  await place.ok(['load', '--quiet'], {env, stdin: await ensureBase('busybox')});
  const fill = 'cat /dev/zero > /fill; exit 7';
  const filled = await place.run(['run', '--rm', 'busybox', 'sh', '-c', fill], {env});
  expect(filled).toMatchObject({code: 7, stderr: expect.not.stringContaining('tsbuild:')});
  await place.ok(['run', '--rm', 'busybox', 'true'], {env});
});

test('an archive that does not fit is refused whole', async (context) => {
  needs(context, 'root');
  await using place = await openPlace('root');
  using disk = smallDisk(place);
  const env = {TSBUILD_ROOT: disk.path};
  const {code, stderr} = await place.run(['load'], {env, stdin: await ensureBase('debian')});
  expect(stderr).toContain('code: E_STORE_FULL');
  expect(code).toBe(1);
  expect((await place.ok(['images', '-q'], {env})).stdout).toBe('');
});

test('an image that does not fit is not pulled, and the next pull finds room', async (context) => {
  needs(context, 'root');
  await using place = await openPlace('root', ['busybox']);
  using disk = smallDisk(place);
  await using at = await rawRegistry();
  const env = {TSBUILD_ROOT: disk.path, HOME: place.directory};
  const large = `${at.registry.address}/large:v1`;
  const small = `${at.registry.address}/small:v1`;
  await using machine = registriesOf();
  await push(machine.client, large, memoryImage([1000, 20_000_000]));
  await place.ok(['tag', 'busybox', small]);
  await place.ok(['push', '-q', small], {env: {HOME: place.directory}});

  const {code, stderr} = await place.run(['pull', large], {env});

  expect(stderr).toContain('code: E_STORE_FULL');
  expect(code).toBe(1);
  expect((await place.ok(['images', '-q'], {env})).stdout).toBe('');
  await place.ok(['pull', '-q', small], {env});
  expect(readdirSync(join(disk.path, 'ingest'))).toEqual([]);
});
