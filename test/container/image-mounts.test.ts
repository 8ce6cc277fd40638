import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {ImageMounts} from '../../src/container/image-mounts.js';
import {digestOf} from '../../src/oci/digest.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

test('a mount that fails leaves nothing behind', async () => {
  await using folder = temporaryFolder();
  const mounts = new ImageMounts(folder.path);
  const about = {image: 'hello', imageID: digestOf('image'), chainID: null};
  const refuse = (): never => {
    throw new Error('no such device');
  };
  expect(() => mounts.hold(about, refuse)).toThrow('no such device');
  expect(readdirSync(join(folder.path, 'mounted'))).toEqual([]);
});
