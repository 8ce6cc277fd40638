import fc from 'fast-check';
import {expect, test} from 'vitest';
import {compileGlob, hasWildcard} from '../../src/layer/source/glob.js';

test.each(['[', '[a', '[]a]', '[-]', '[x-]', '[-x]', '[a-b-c]', 'a\\', '[\\', '[]', '[^]'])(
  'refuses %s',
  (pattern) => {
    expect(() => compileGlob(pattern)).toThrow(expect.objectContaining({code: 'E_BAD_PATTERN'}));
  },
);

// The table of Go's path/filepath, TestMatch.
test.each([
  ['abc', 'abc', true],
  ['*', 'abc', true],
  ['*c', 'abc', true],
  ['a*', 'a', true],
  ['a*', 'ab/c', false],
  ['a*/b', 'abc/b', true],
  ['a*/b', 'a/c/b', false],
  ['a*b*c*d*e*/f', 'axbxcxdxe/f', true],
  ['a*b*c*d*e*/f', 'axbxcxdxe/xxx/f', false],
  ['a*b?c*x', 'abxbbxdbxebxczzx', true],
  ['a*b?c*x', 'abxbbxdbxebxczzy', false],
  ['ab[c]', 'abc', true],
  ['ab[b-d]', 'abc', true],
  ['ab[e-g]', 'abc', false],
  ['ab[^c]', 'abc', false],
  ['ab[^b-d]', 'abc', false],
  ['ab[^e-g]', 'abc', true],
  ['a\\*b', 'a*b', true],
  ['a\\*b', 'ab', false],
  ['a?b', 'a☺b', true],
  ['a[^a]b', 'a☺b', true],
  ['a???b', 'a☺b', false],
  ['[a-ζ]*', 'α', true],
  ['*[a-ζ]', 'A', false],
  ['a?b', 'a/b', false],
  ['a*b', 'a/b', false],
  ['[\\]a]', ']', true],
  ['[\\-]', '-', true],
  ['[x\\-]', 'x', true],
  ['[\\-x]', 'a', false],
  ['*x', 'xxx', true],
  ['[[]', '[', true],
  ['.', 'x', false],
  ['a+(b)|{c}', 'a+(b)|{c}', true],
])('%s on %s is %s', (pattern, name, matches) => {
  expect(compileGlob(pattern)(name)).toBe(matches);
});

/** Pieces of patterns, each with what it matches of a name's beginning: how many characters, of which lengths. */
const pieces = {
  star: {pattern: '*', lengths: (name: string) => [...prefixes(name)]},
  question: {pattern: '?', lengths: (name: string) => (name === '' || name[0] === '/' ? [] : [1])},
  letter: {pattern: 'a', lengths: (name: string) => (name[0] === 'a' ? [1] : [])},
  slash: {pattern: '/', lengths: (name: string) => (name[0] === '/' ? [1] : [])},
  escaped: {pattern: '\\*', lengths: (name: string) => (name[0] === '*' ? [1] : [])},
  class: {pattern: '[ab]', lengths: (name: string) => (/^[ab]/.test(name) ? [1] : [])},
  negated: {pattern: '[^a]', lengths: (name: string) => (/^[^a]/.test(name) ? [1] : [])},
};
type Piece = (typeof pieces)[keyof typeof pieces];

function* prefixes(name: string): Generator<number> {
  yield 0;
  for (let length = 1; length <= name.length && name[length - 1] !== '/'; length++) yield length;
}

function reference([first, ...rest]: readonly Piece[], name: string): boolean {
  if (first === undefined) return name === '';
  return first.lengths(name).some((length) => reference(rest, name.slice(length)));
}

test('a pattern matches what its pieces match one after the other', () => {
  const pattern = fc.array(fc.constantFrom(...Object.values(pieces)), {maxLength: 7});
  const name = fc.string({unit: fc.constantFrom('a', 'b', '/', '*', '-'), maxLength: 8});
  fc.assert(
    fc.property(pattern, name, (chosen, text) => {
      const matches = compileGlob(chosen.map((piece) => piece.pattern).join(''));
      expect(matches(text)).toBe(reference(chosen, text));
    }),
    {numRuns: 2000},
  );
});

test('any name, escaped, is a pattern for itself and has no wildcard', () => {
  fc.assert(
    fc.property(fc.string({minLength: 1, unit: 'grapheme'}), (name) => {
      const escaped = name.replace(/[\\*?[\]]/g, '\\$&');
      expect(hasWildcard(escaped)).toBe(false);
      expect(compileGlob(escaped)(name)).toBe(true);
    }),
  );
});
