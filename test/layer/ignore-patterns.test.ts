import fc from 'fast-check';
import {expect, test} from 'vitest';
import {compileGlob} from '../../src/layer/source/glob.js';
import {IgnorePatterns} from '../../src/layer/source/ignore-patterns.js';

test.each([
  {patterns: ['ok', '['], index: 1},
  {patterns: ['[]'], index: 0},
  {patterns: ['a[-z]'], index: 0},
  {patterns: ['[a-'], index: 0},
  {patterns: ['a\\'], index: 0},
  {patterns: ['', '!'], index: 1},
  {patterns: ['! '], index: 0},
])('names the bad pattern of $patterns', ({patterns, index}) => {
  expect(() => new IgnorePatterns(patterns)).toThrow(
    expect.objectContaining({code: 'E_BAD_PATTERN', index}),
  );
});

const yes = true;
const no = false;

/** Rows of moby/patternmatcher's own table, and more. */
test.each<[pattern: string, path: string, ignored: boolean]>([
  ['**', 'file', yes],
  ['**', 'dir/file', yes],
  ['**/', 'file', yes],
  ['**/', 'dir/file', yes],
  ['**/**', 'file', yes],
  ['dir/**', 'dir/file', yes],
  ['dir/**', 'dir', no],
  ['dir/**', 'dir/dir2/file', yes],
  ['**/dir', 'dir', yes],
  ['**/dir', 'a/dir/file', yes],
  ['**/dir2/*', 'dir/dir2/file', yes],
  ['**/dir2/**', 'dir/dir2/dir2/file', yes],
  ['**file', 'file', yes],
  ['**file', 'dir/file', yes],
  ['**/file', 'dir/file', yes],
  ['**file*', 'dir/dir/file.txt', yes],
  ['**/file*txt', 'dir/dir/file.txt', yes],
  ['a**', 'a/b/c', yes],
  ['a**', 'ab', yes],
  ['a/**/b', 'a/b', yes],
  ['a/**/b', 'a/x/y/b', yes],
  ['a/**/b', 'ab', no],
  ['**/*.txt', 'a.txt', yes],
  ['**/*.txt', 'd/a.txt', yes],
  ['*.txt', 'd/a.txt', no],
  ['*/*.txt', 'd/a.txt', yes],
  ['*', 'd/a.txt', yes],
  ['a?c', 'abc', yes],
  ['a?c', 'a/c', no],
  ['a?c', 'aéc', yes],
  ['[a-c]x', 'bx', yes],
  ['[^a-c]x', 'bx', no],
  ['[[]x', '[x', yes],
  ['a\\*', 'a*', yes],
  ['a\\*', 'ab', no],
  ['a.b', 'axb', no],
  ['(a)+{b}|$^', '(a)+{b}|$^', yes],
  ['/a', 'a', yes],
  ['a/', 'a/b', yes],
  ['./a//b/../c', 'a/c', yes],
  [' a ', 'a', yes],
  ['a', 'ab', no],
  ['.', 'a', no],
  ['..', 'a', no],
  ['é*', 'étoile', yes],
  ['a[b-a]', 'ab', no],
])('%j and %j: %s', (pattern, path, ignored) => {
  expect(new IgnorePatterns([pattern]).matchPath(path).ignored).toBe(ignored);
});

test.each<[patterns: string[], path: string, ignored: boolean, decidedBy: number]>([
  [['*', '!keep'], 'keep', no, 1],
  [['*', '!keep'], 'keep/file', no, 1],
  [['*', '!keep'], 'other/keep', yes, 0],
  [['!keep', '*'], 'keep', yes, 1],
  [['docs', '!docs/README.md'], 'docs/README.md', no, 1],
  [['docs', '!docs/README.md'], 'docs/other', yes, 0],
  [['docs/README.md', '!docs', 'docs/README.md'], 'docs/README.md', yes, 2],
  [['**', '!**/*.go'], 'a/b.go', no, 1],
  [['*.md', '!README*.md', 'README-secret.md'], 'README-secret.md', yes, 2],
  [['a', '', '  ', '!a'], 'a', no, 3],
  [['b'], 'a', no, -1],
  [['!a'], 'a', no, -1],
])('%j over %j: %s, by pattern %i', (patterns, path, ignored, decidedBy) => {
  expect(new IgnorePatterns(patterns).matchPath(path)).toMatchObject({ignored, decidedBy});
});

test('a directory is entered for its exceptions, and for no others', () => {
  const patterns = new IgnorePatterns(['*', '!a/b/c']);
  expect(['a', 'a/b', 'x', 'ab'].map((path) => patterns.mayReinclude(path))).toEqual([
    yes,
    yes,
    no,
    no,
  ]);
  expect(new IgnorePatterns(['*', '!**/c']).mayReinclude('x')).toBe(yes);
});

const name = fc
  .string({unit: fc.constantFrom('a', 'b', 'c', '.'), minLength: 1, maxLength: 3})
  .filter((text) => !/^\.+$/.test(text));
const path = fc.array(name, {minLength: 1, maxLength: 4}).map((names) => names.join('/'));
const pattern = fc
  .array(fc.oneof(name, fc.constantFrom('*', '**', '?', '[ab]', 'a*', '*.c')), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => parts.join('/'));
const patterns = fc.array(
  fc.tuple(fc.boolean(), pattern).map(([not, text]) => (not ? `!${text}` : text)),
  {minLength: 1, maxLength: 4},
);

test('the last matching pattern decides', () => {
  fc.assert(
    fc.property(patterns, path, (list, where) => {
      const last = list.findLastIndex(
        (text) => new IgnorePatterns([text.replace(/^!/, '')]).matchPath(where).ignored,
      );
      const ignored = last >= 0 && !list[last]!.startsWith('!');
      expect(new IgnorePatterns(list).matchPath(where).ignored).toBe(ignored);
    }),
    {numRuns: 1000},
  );
});

test('what is below a path that a pattern matches is matched', () => {
  fc.assert(
    fc.property(pattern, path, path, (text, above, below) => {
      const one = new IgnorePatterns([text]);
      fc.pre(one.matchPath(above).ignored);
      expect(one.matchPath(`${above}/${below}`).ignored).toBe(true);
    }),
  );
});

test('a directory with something re-included below it is always entered', () => {
  fc.assert(
    fc.property(patterns, path, (list, where) => {
      const all = new IgnorePatterns(list);
      fc.pre(where.includes('/') && !all.matchPath(where).ignored);
      const parents = where
        .split('/')
        .slice(0, -1)
        .map((_, index, names) => names.slice(0, index + 1).join('/'));
      for (const parent of parents)
        expect(!all.matchPath(parent).ignored || all.mayReinclude(parent)).toBe(true);
    }),
    {numRuns: 1000},
  );
});

test.each<[pattern: string, name: string, matches: boolean]>([
  ['*', '', yes],
  ['a*b', 'a/b', no],
  ['a*b*c', 'axxbyyc', yes],
  ['[!a]', '!', yes],
  ['[]a]', 'x', no],
  ['[\\]]', ']', yes],
  ['[\\-x]', 'x', yes],
  ['[a-z]*', 'q', yes],
  ['?', '💾', yes],
  ['\\a', 'a', yes],
  ['a\nb', 'a\nb', yes],
])('glob %j and %j: %s', (text, candidate, matches) => {
  if (text === '[]a]')
    expect(() => compileGlob(text)).toThrow(expect.objectContaining({code: 'E_BAD_PATTERN'}));
  else expect(compileGlob(text)(candidate)).toBe(matches);
});
