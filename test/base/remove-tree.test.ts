import {execFileSync} from 'node:child_process';
import {chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {removeTree} from '../../src/base/remove-tree.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

test('a chain of directories too deep for any path is removed', async () => {
  await using folder = temporaryFolder();
  const script = `import os
os.makedirs('${folder.path}/deep'); os.chdir('${folder.path}/deep')
for i in range(2000):
  os.mkdir('${'n'.repeat(100)}'); os.chdir('${'n'.repeat(100)}')
  if i % 500 == 0: open('file', 'w')`;
  execFileSync('python3', ['-c', script]);
  removeTree(join(folder.path, 'deep'));
  expect(readdirSync(folder.path)).toEqual([]);
});

test('directories without permissions and names that are no text are removed', async () => {
  await using folder = temporaryFolder();
  const top = join(folder.path, 'top');
  mkdirSync(join(top, 'work/work'), {recursive: true});
  writeFileSync(Buffer.from(`${top}/work/\xff\xfe`, 'latin1'), '');
  chmodSync(join(top, 'work/work'), 0);
  chmodSync(join(top, 'work'), 0);
  removeTree(top);
  expect(existsSync(top)).toBe(false);
});

test('what a symlink points to stays', async () => {
  await using folder = temporaryFolder();
  const [top, kept] = [join(folder.path, 'top'), join(folder.path, 'kept')];
  mkdirSync(top);
  mkdirSync(kept);
  writeFileSync(join(kept, 'file'), '');
  symlinkSync(kept, join(top, 'link'));
  symlinkSync(kept, join(folder.path, 'alone'));
  removeTree(top);
  removeTree(join(folder.path, 'alone'));
  expect(readdirSync(folder.path)).toEqual(['kept']);
  expect(readdirSync(kept)).toEqual(['file']);
});

test('a missing path is fine', () => {
  expect(() => removeTree('/nowhere/at/all')).not.toThrow();
});
