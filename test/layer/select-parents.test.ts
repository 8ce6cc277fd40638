import {join} from 'node:path';
import {expect, test} from 'vitest';
import {toText} from '../../src/archive/byte-string.js';
import {readManifest} from '../../src/layer/manifest.js';
import {type SelectRequest, selectTree} from '../../src/layer/select.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';
import {makeTree, type Tree} from '../helpers/tree.js';

const tree: Tree = {
  'package.json': '',
  'packages/a/package.json': '',
  'packages/a/src/index.js': '',
  'packages/a/node_modules/dep/package.json': '',
  'packages/b/package.json': '',
  'packages/b/readme.md': '',
  'packages/empty/': '',
  'out/usr/bin/tool': '',
  'out/usr/share/doc': '',
  'out/bin/other': '',
  '!odd/[x]/file': '',
  'link-to-a': {link: 'packages/a'},
  loop: {link: 'loop'},
};

async function paths(
  sources: readonly string[],
  more: Partial<SelectRequest> = {},
): Promise<string[]> {
  await using folder = temporaryFolder();
  const root = join(folder.path, 'context');
  makeTree(root, tree);
  const {manifest} = selectTree({root, sources, owner: 'root', parents: true, ...more});
  return [...readManifest(manifest)].flatMap(({kind, path}) => {
    if (kind === 'source') return `<${toText(path)}>`;
    return path === '' && kind === 'directory' ? [] : toText(path);
  });
}

test.each([
  {source: '/./missing'},
  {source: '/./packages/a/missing/package.json'},
  {source: 'packages/./c'},
  {source: 'nowhere/./a'},
  {source: 'package.json/./x'},
  {source: '/./link-to-a/package.json'},
  {source: '/./packages/b/readme.md', ignore: ['**/*.md']},
])('refuses $source, a path that is not there', async ({source, ignore = []}) => {
  await expect(paths([source], {ignore})).rejects.toMatchObject({code: 'E_SOURCE_MISSING'});
});

test('refuses a loop of links, and a pattern that is none', async () => {
  await expect(paths(['loop/./x'])).rejects.toMatchObject({code: 'E_SYMLINK_LOOP'});
  await expect(paths(['/./[a'])).rejects.toMatchObject({code: 'E_BAD_PATTERN'});
});

test.each<{source: string; taken: string[]; more?: Partial<SelectRequest>}>([
  {source: '/./package.json', taken: ['<>', 'package.json']},
  {
    source: '/./packages/a/src',
    taken: ['<>', 'packages', 'packages/a', 'packages/a/src', 'packages/a/src/index.js'],
  },
  {
    source: '/./packages/*/package.json',
    taken: [
      '<>',
      'packages',
      'packages/a',
      'packages/a/package.json',
      'packages/b',
      'packages/b/package.json',
    ],
  },
  {
    source: 'packages/./**/package.json',
    more: {excludes: ['**/node_modules']},
    taken: ['<packages>', 'a', 'a/package.json', 'b', 'b/package.json'],
  },
  {source: 'out/./**/bin', taken: ['<out>', 'bin', 'bin/other', 'usr', 'usr/bin', 'usr/bin/tool']},
  {
    source: 'packages/*/./package.json',
    taken: ['<packages/a>', 'package.json', '<packages/b>', 'package.json', '<packages/empty>'],
  },
  {source: 'link-to-a/./package.json', taken: ['<packages/a>', 'package.json']},
  {source: '/./packages/empty', taken: ['<>', 'packages', 'packages/empty']},
  {source: '/./!odd/[[]x]', taken: ['<>', '!odd', '!odd/[x]', '!odd/[x]/file']},
  {source: 'packages/b/./', taken: ['<packages/b>', 'package.json', 'readme.md']},
  {source: '/./*/nothing*', taken: ['<>']},
  {source: 'package.json/./*', taken: []},
  {
    source: '/./packages/*/*.*',
    more: {ignore: ['packages/a', '!packages/a/package.json', '**/*.md']},
    taken: [
      '<>',
      'packages',
      'packages/a',
      'packages/a/package.json',
      'packages/b',
      'packages/b/package.json',
    ],
  },
])('takes of $source the files and what leads to them', async ({source, taken, more}) => {
  expect(await paths([source], more)).toEqual(taken);
});
