import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {asPath, fromText} from '../../src/archive/byte-string.js';
import {copyTree} from '../../src/layer/copy-tree.js';
import {linkTree} from '../../src/layer/link-tree.js';
import {selectTree} from '../../src/layer/select.js';
import {summarize} from '../../src/layer/summarize.js';
import {lsetxattr} from '../../src/linux/xattr.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {makeTree} from '../helpers/tree.js';

/** Names that are no UTF-8, links that lead nowhere or to themselves, modes that go away when a file is written to. */
function makeHostileTree(root: string): void {
  makeTree(root, {'sub/deep/file': 'text', 'sub/empty/': '', loop: {link: 'loop'}});
  const odd = `${fromText(root)}/sub/\xff\xfe`;
  mkdirSync(asPath(odd));
  writeFileSync(asPath(`${odd}/\n\x01\xe9`), 'odd');
  symlinkSync('../../../../etc/passwd', join(root, 'outside'));
  writeFileSync(join(root, 'setuid'), '');
  chmodSync(join(root, 'setuid'), 0o4711);
  lsetxattr(join(root, 'setuid'), 'user.note', Buffer.from([0, 255]));
  chmodSync(join(root, 'sub/empty'), 0o1733);
}

function copied(folder: string, owner?: {uid: number; gid: number}): string {
  const root = join(folder, 'context');
  makeHostileTree(root);
  const upper = join(folder, 'layer/fs');
  mkdirSync(upper, {recursive: true});
  const {manifest} = selectTree({root, sources: ['.'], owner: 'root'});
  const target = {upper, lowers: []};
  copyTree({root, manifest, target, destination: '/a/b/', ...(owner ? {owner} : {})});
  return upper;
}

test('a layer in a second place is the same layer, and shares the files', async () => {
  await using folder = temporaryFolder();
  const layer = copied(folder.path, {uid: 7, gid: 8});
  const upper = join(folder.path, 'other/fs');
  mkdirSync(upper, {recursive: true});
  linkTree(layer, upper);
  expect(summarize(upper)).toEqual(summarize(layer));
  const file = 'a/b/sub/deep/file';
  expect(statSync(join(upper, file)).ino).toBe(statSync(join(layer, file)).ino);
  expect(lstatSync(join(upper, 'a/b/loop')).isSymbolicLink()).toBe(true);
  expect(statSync(join(upper, 'a/b/sub/empty')).mode & 0o7777).toBe(0o1733);
});

test('the directory it is linked into keeps its own mode', async () => {
  await using folder = temporaryFolder();
  const layer = copied(folder.path);
  const upper = join(folder.path, 'other/fs');
  mkdirSync(upper, {recursive: true});
  chmodSync(upper, 0o711);
  if (process.getuid?.() === 0) chownSync(upper, 3, 4);
  const {uid, gid} = statSync(upper);
  linkTree(layer, upper);
  expect(statSync(upper)).toMatchObject({uid, gid, mode: 0o40711});
});
