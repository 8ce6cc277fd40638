import {existsSync, mkdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {once} from '../../src/content/read-all.js';
import {unpackFiles} from '../../src/layer/unpack-files.js';
import {type EntryDraft, tarOf} from '../helpers/tar-bytes.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

const own = {uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0};

const unpack = (entries: readonly EntryDraft[], path: string, mostBytes = 1000) =>
  unpackFiles(once(tarOf(...entries.map((entry) => ({...own, ...entry})))), path, {mostBytes});

test.each<{name: string; entries: EntryDraft[]; code: string}>([
  {name: 'a path that climbs out', entries: [{name: '../x'}], code: 'E_UNSAFE_ENTRY'},
  {name: 'a deletion', entries: [{name: '.wh.x'}], code: 'E_RESERVED_NAME'},
  {
    name: 'a device',
    entries: [{name: 'sda', type: 'block-device', deviceMajor: 8}],
    code: 'E_UNSAFE_ENTRY',
  },
  {name: 'a FIFO', entries: [{name: 'pipe', type: 'fifo'}], code: 'E_UNSAFE_ENTRY'},
  {
    name: 'a hard link out of it',
    entries: [{name: 'x', type: 'hard-link', linkName: '../outside'}],
    code: 'E_UNSAFE_ENTRY',
  },
  {
    name: 'too much',
    entries: [
      {name: 'a', content: 'x'.repeat(600)},
      {name: 'b', content: 'x'.repeat(600)},
    ],
    code: 'E_TAR_LIMIT',
  },
])('$name is refused', async ({entries, code}) => {
  await using folder = temporaryFolder();
  const path = join(folder.path, 'mount');
  mkdirSync(path);
  await expect(unpack(entries, path)).rejects.toMatchObject({code});
  expect(existsSync(join(folder.path, 'x'))).toBe(false);
});

test('what is written through a symlink stays inside', async () => {
  await using folder = temporaryFolder();
  const path = join(folder.path, 'mount');
  mkdirSync(path);
  await unpack(
    [
      {name: 'up', type: 'symlink', linkName: '../..'},
      {name: 'up/file', content: 'inside'},
    ],
    path,
  );
  expect(readFileSync(join(path, 'file'), 'utf8')).toBe('inside');
});
