import {existsSync, lstatSync, mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {makeWorkingDirectory} from '../../src/sandbox/working-directory.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

const self = {uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0};

test('a link out of the root is followed inside it', async () => {
  await using folder = temporaryFolder();
  const root = join(folder.path, 'root');
  mkdirSync(root);
  symlinkSync('../../outside', join(root, 'link'));
  makeWorkingDirectory(root, '/link/app', self);
  expect(existsSync(join(root, 'outside/app'))).toBe(true);
  expect(existsSync(join(folder.path, 'outside'))).toBe(false);
});

test('a file in the way is refused', async () => {
  await using folder = temporaryFolder();
  writeFileSync(join(folder.path, 'file'), '');
  expect(() => makeWorkingDirectory(folder.path, '/file/app', self)).toThrow(
    expect.objectContaining({code: 'E_MOUNT_POINT'}),
  );
});

test('only what is missing is made and given away', async (context) => {
  if (self.uid !== 0) return context.skip('needs root, to give directories away');
  await using folder = temporaryFolder();
  mkdirSync(join(folder.path, 'srv'));
  makeWorkingDirectory(folder.path, '/srv/app/deep', {uid: 12, gid: 34});
  const owners = ['srv', 'srv/app', 'srv/app/deep'].map((name) => {
    const {uid, gid, mode} = lstatSync(join(folder.path, name));
    return [uid, gid, (mode & 0o777).toString(8)];
  });
  expect(owners).toEqual([
    [0, 0, '755'],
    [12, 34, '755'],
    [12, 34, '755'],
  ]);
});
