import {expect, test} from 'vitest';
import {readManifest} from '../../src/layer/manifest.js';
import {selectTree} from '../../src/layer/select.js';
import {listContext} from '../../src/layer/source/context-listing.js';
import {IgnorePatterns} from '../../src/layer/source/ignore-patterns.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {makeTree} from '../helpers/tree.js';

const tree = {
  'a.log': 'log',
  'b.txt': 'text',
  'keep.log': '',
  link: {link: '/etc'},
  'docs/a.md': 'md',
  'docs/README.md': 'read',
  'node_modules/x/index.js': '1234',
  'node_modules/y/index.js': '5678',
  'empty/': '',
  'sub/node_modules/z': '',
  'sub/secret/key': 'k',
  'sub/secret/shared': 's',
};

const cases: readonly {patterns: readonly string[]}[] = [
  {patterns: []},
  {patterns: ['*']},
  {patterns: ['*', '!docs']},
  {patterns: ['*.log', '!keep.log']},
  {patterns: ['docs/*.md', '!**/README.md']},
  {patterns: ['**/node_modules', 'sub/secret', '!sub/secret/shared']},
  {patterns: ['link', 'empty']},
  {patterns: ['!docs', 'docs']},
];

test.each(cases)('keeps what a COPY of all would take: $patterns', async ({patterns}) => {
  await using folder = temporaryFolder();
  makeTree(folder.path, tree);
  const {manifest} = selectTree({
    root: folder.path,
    sources: ['.'],
    ignore: patterns,
    owner: 'root',
  });
  const taken = [...readManifest(manifest)].filter(
    ({kind}) => kind === 'file' || kind === 'symlink',
  );
  const listed = [...listContext(folder.path, new IgnorePatterns(patterns))];
  const kept = listed.filter((entry) => entry.kept && entry.files > 0);
  expect(kept.map(({path}) => path).sort()).toEqual(taken.map(({path}) => path).sort());
  const total = listed.reduce((sum, {files}) => sum + files, 0);
  expect(total).toBe(Object.keys(tree).length - 1);
});

test('the last pattern that matches a path or what it is in decides; a directory that is out is one row', async () => {
  await using folder = temporaryFolder();
  makeTree(folder.path, tree);
  const patterns = ['*.log', '!keep.log', 'node_modules', 'sub/secret', '!sub/secret/shared'];
  const listed = [...listContext(folder.path, new IgnorePatterns(patterns))];
  const decided = listed.filter(({pattern}) => pattern !== undefined);
  expect(
    decided.map(({path, kept, pattern, files}) => `${path} ${kept} ${pattern} ${files}`),
  ).toEqual([
    'a.log false 0 1',
    'keep.log true 1 1',
    'node_modules/ false 2 2',
    'sub/secret/key false 3 1',
    'sub/secret/shared true 4 1',
  ]);
});

test('a symlink in the context is a file, and is not followed', async () => {
  await using folder = temporaryFolder();
  makeTree(folder.path, {loop: {link: '.'}, out: {link: '/'}});
  const listed = [...listContext(folder.path, new IgnorePatterns([]))];
  expect(listed.map(({path}) => path)).toEqual(['loop', 'out']);
});
