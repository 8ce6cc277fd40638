import {spawnSync} from 'node:child_process';
import {mkdirSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {expect, test} from 'vitest';
import {once} from '../../src/content/read-all.js';
import {mount, unmount} from '../../src/linux/mount.js';
import {digestOf} from '../../src/oci/digest.js';
import {parseReference} from '../../src/oci/reference.js';
import {openStore} from '../../src/store/store.js';
import {needs} from '../helpers/needs.js';
import {storeImageOfText} from '../helpers/stored-image.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

function smallDisk(path: string): Disposable {
  mkdirSync(path);
  mount({source: 'tmpfs', target: path, type: 'tmpfs', data: 'size=2m'});
  return {[Symbol.dispose]: () => unmount(path, {detach: true})};
}

test('a full disk refuses what does not fit and keeps the rest usable', async (context) => {
  needs(context, 'root');
  await using folder = temporaryFolder();
  const root = join(folder.path, 'disk');
  using _disk = smallDisk(root);
  await using store = await openStore(root, {lock: 'shared'});
  const {manifest} = storeImageOfText(store, 'a');
  await store.references.tag(parseReference('hello'), manifest);

  const chunks = Array.from({length: 4}, (_, index) => Buffer.alloc(1_000_000, index));
  const whole = Buffer.concat(chunks);
  const target = {mediaType: 'x/y', digest: digestOf(whole), size: whole.length};
  const code = 'E_STORE_FULL';
  await expect(store.blobs.push(target, Readable.from(chunks))).rejects.toMatchObject({code});
  const program = async (fd: number): Promise<void> => {
    spawnSync('head', ['-c', '4000000', '/dev/zero'], {stdio: ['ignore', fd, 'ignore']});
    throw new Error('in its own words');
  };
  await expect(store.blobs.writeBehind('x/y', program)).rejects.toMatchObject({code});
  expect(() => store.blobs.write('x/y', whole)).toThrow(expect.objectContaining({code}));
  expect(await store.blobs.exists(target)).toBe(false);
  const [owner = ''] = readdirSync(store.paths.ingest);
  expect(readdirSync(join(store.paths.ingest, owner))).toEqual(['lock']);

  const small = {mediaType: 'x/y', digest: digestOf('small'), size: 5};
  await store.blobs.push(small, once(Buffer.from('small')));
  await store.references.tag(parseReference('other'), manifest);
  expect(store.images.find('other').manifest).toEqual(manifest);
});
