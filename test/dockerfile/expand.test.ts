// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the substitutions of the language are what is tested
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {expand} from '../../src/dockerfile/expand.js';

const values: Readonly<Record<string, string>> = {
  x: 'value',
  empty: '',
  path: 'a/b/c.tar.gz',
  two: 'one two',
  lines: 'a\nb',
  ünï: 'unicode',
};
const options = {
  escape: '\\' as const,
  lookup: (name: string) => (Object.hasOwn(values, name) ? values[name] : undefined),
};
const text = (word: string): string => expand(word, options).text;

test.each([
  {word: '${', reason: "missing '}'"},
  {word: '${}', reason: 'bad substitution'},
  {word: '${:-x}', reason: 'bad substitution'},
  {word: '${{x}}', reason: 'bad substitution'},
  {word: '${x', reason: "missing '}'"},
  {word: '${x:-y', reason: "missing '}'"},
  {word: '${x/a}', reason: "missing '/'"},
  {word: '${x^}', reason: 'unsupported modifier (^)'},
  {word: '${x:^}', reason: 'unsupported modifier (:^)'},
  {word: '${x:#a}', reason: 'unsupported modifier (:#)'},
  {word: '${x#\\a}', reason: "invalid escape '\\a'"},
  {word: '"open', reason: 'double-quote'},
  {word: "'open", reason: 'single-quote'},
  {word: '"open\\', reason: 'double-quote'},
  {word: '${gone?}', reason: 'gone: is not allowed to be unset'},
  {word: '${empty:?}', reason: 'empty: is not allowed to be empty'},
  {word: '${gone:?because $x}', reason: 'gone: because value'},
  {word: '${x:-'.repeat(1000), reason: 'nested too deeply'},
])('refuses $word', ({word, reason}) => {
  expect(() => text(word)).toThrow(expect.objectContaining({code: 'E_EXPANSION'}));
  expect(() => text(word)).toThrow(reason);
});

test.each([
  {word: '', result: ''},
  {word: '$', result: '$'},
  {word: '$ x', result: '$ x'},
  {word: '$x$x', result: 'valuevalue'},
  {word: '${x}y', result: 'valuey'},
  {word: '$xy', result: ''},
  {word: '$ünï', result: 'unicode'},
  {word: '$1x', result: 'x'},
  {word: '\\$x', result: '$x'},
  {word: '\\\\$x', result: '\\value'},
  {word: 'end\\', result: 'end'},
  {word: "'$x \\'", result: '$x \\'},
  {word: '"$x \\n \\" \\$x \\\\"', result: 'value \\n " $x \\'},
  {word: `"it's"'"'`, result: `it's"`},
  {word: '${gone-a}${gone:-b}${empty-c}${empty:-d}', result: 'abd'},
  {word: '${gone+a}${x+b}${empty+c}${empty:+d}', result: 'bc'},
  {word: '${gone:-${gone:-${x}}}', result: 'value'},
  {word: '${gone:-"two words"}', result: 'two words'},
  {word: '${gone:-a\\}b}', result: 'a}b'},
  {word: '${path#*/} ${path##*/}', result: 'b/c.tar.gz c.tar.gz'},
  {word: '${path%.*} ${path%%.*}', result: 'a/b/c.tar a/b/c'},
  {word: '${path#x*} ${path%x}', result: 'a/b/c.tar.gz a/b/c.tar.gz'},
  {word: '${path#?/?} ${path%??}', result: '/c.tar.gz a/b/c.tar.'},
  {word: '${path/\\//-} ${path//\\//-}', result: 'a-b/c.tar.gz a-b-c.tar.gz'},
  {word: '${path/.*/!} ${path//[/-}', result: 'a/b/c! a/b/c.tar.gz'},
  {word: '${x//a/$x}', result: 'vvaluelue'},
  {word: '${x//nothing/y}${x///y}', result: 'valuevalue'},
  {word: '${lines#*}', result: 'a\nb'},
  {word: '${lines##*}', result: '\nb'},
])('reads $word as $result', ({word, result}) => {
  expect(text(word)).toBe(result);
});

test.each([
  {word: '$two three', words: ['one', 'two', 'three']},
  {word: '"$two" three', words: ['one two', 'three']},
  {word: "  a\\ b   'c d'e  ", words: ['a b', 'c de']},
  {word: '$empty ""', words: []},
])('splits $word into words', ({word, words}) => {
  expect(expand(word, options).words).toEqual(words);
});

test('names the variables that were asked for and are not set, not those with a default', () => {
  const {unset} = expand('$a ${b} ${c:-d} ${e#f} "$g" \'$h\' ${i:+j}', options);
  expect([...unset]).toEqual(['a', 'b', 'e', 'g']);
});

test('shows a RUN with its quotes, and what is not set as it was written', () => {
  const shown = expand('echo "$x" \'$x\' $gone ${gone:-$x} ${x}', {...options, display: true});
  expect(shown.text).toBe('echo "value" \'$x\' $gone ${gone:-$x} value');
});

test('takes the backtick as escape when told so', () => {
  const lookup = (): string => 'v';
  expect(expand('C:\\dir `$x $x "`""', {escape: '`', lookup}).text).toBe('C:\\dir $x v "');
});

test('a text without $, quotes and escapes is itself', () => {
  fc.assert(
    fc.property(fc.string({unit: 'binary'}), (word) => {
      fc.pre(!/[$'"\\]/.test(word));
      expect(text(word)).toBe(word);
    }),
  );
});

test('a quoted text is itself, in single quotes and escaped in double quotes', () => {
  fc.assert(
    fc.property(fc.string(), (word) => {
      expect(text(`"${word.replaceAll(/["$\\]/g, '\\$&')}"`)).toBe(word);
      fc.pre(!word.includes("'"));
      expect(text(`'${word}'`)).toBe(word);
    }),
  );
});

test('whatever the word, it expands or fails on purpose', () => {
  const hostile = fc.string({unit: fc.constantFrom(...'${}:-+?#%/*\\"\' \tax`')});
  fc.assert(
    fc.property(hostile, (word) => {
      try {
        expect(typeof text(word)).toBe('string');
      } catch (error) {
        expect(error).toMatchObject({code: 'E_EXPANSION'});
      }
    }),
    {numRuns: 2000},
  );
});

test('a prefix taken off a value leaves its rest, the longest no more than the shortest', () => {
  const glob = fc.string({unit: fc.constantFrom(...'ab*?'), maxLength: 8});
  const value = fc.string({unit: fc.constantFrom(...'abc'), maxLength: 20});
  fc.assert(
    fc.property(glob, value, (pattern, original) => {
      const lookup = (): string => original;
      const trimmed = (operator: string): string =>
        expand(`\${v${operator}${pattern}}`, {escape: '\\', lookup}).text;
      expect(original.endsWith(trimmed('#'))).toBe(true);
      expect(trimmed('#').endsWith(trimmed('##'))).toBe(true);
      expect(original.startsWith(trimmed('%'))).toBe(true);
      expect(trimmed('%').startsWith(trimmed('%%'))).toBe(true);
      expect(trimmed('##')).toBe(byRegularExpression(original, pattern));
    }),
  );
});

function byRegularExpression(value: string, glob: string): string {
  const source = glob.replaceAll('*', '.*').replaceAll('?', '.');
  return value.replace(new RegExp(`^${source}`), '');
}
