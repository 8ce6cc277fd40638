import {utimesSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {type TrimLimits, trimmer} from '../../../src/export/cache-mount/trim-files.js';
import type {EntryWalk} from '../../../src/layer/entry-walk.js';
import {MergedWalk} from '../../../src/layer/root/merged-walk.js';
import {temporaryFolder} from '../../helpers/temporary-folder.js';

const NOW = new Date('2026-01-01T00:00:00Z');
const HOUR = 3_600_000;

/** Files of ten bytes, one used an hour ago, the next two hours ago, and so on. */
function filesIn(folder: string, names: readonly string[]): void {
  for (const [index, name] of names.entries()) {
    const path = join(folder, name);
    writeFileSync(path, '0123456789');
    const used = new Date(NOW.getTime() - (index + 1) * HOUR);
    utimesSync(path, used, used);
  }
}

function filesOf(walk: EntryWalk): string[] {
  const names: string[] = [];
  for (let entry = walk.next(); entry !== undefined; entry = walk.next()) {
    if (entry.header.type === 'file') names.push(entry.header.name);
  }
  return names;
}

test.each<{name: string; limits: TrimLimits; stay: readonly string[]}>([
  {name: 'nothing', limits: {}, stay: ['a', 'b', 'c']},
  {name: 'what is too old', limits: {maxAge: 2.5 * HOUR}, stay: ['a', 'b']},
  {name: 'what was used longest ago', limits: {maxSize: 25}, stay: ['a', 'b']},
  {name: 'all', limits: {maxSize: 0}, stay: []},
])('leaves $name out', async ({limits, stay}) => {
  await using folder = temporaryFolder();
  filesIn(folder.path, ['a', 'b', 'c']);
  const trim = trimmer(folder.path, limits, NOW);
  expect(filesOf(trim(new MergedWalk([folder.path])))).toEqual(stay);
});

test('however many files in a row are left out', async () => {
  await using folder = temporaryFolder();
  filesIn(folder.path, ['old']);
  const trim = trimmer(folder.path, {maxSize: 0}, NOW);
  const one = new MergedWalk([folder.path]);
  let entry = one.next();
  while (entry?.header.type === 'directory') entry = one.next();
  expect(entry?.header.name).toBe('old');
  let left = 100_000;
  expect(filesOf(trim({next: () => (left-- > 0 ? entry : undefined)}))).toEqual([]);
});
