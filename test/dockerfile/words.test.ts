import fc from 'fast-check';
import {expect, test} from 'vitest';
import {parseStringArray, splitAtBlanks, splitWords} from '../../src/dockerfile/words.js';

test.each([
  {text: '"open and  on', words: ['"open and  on']},
  {text: "a 'open and", words: ['a', "'open and"]},
  {text: 'a\\', words: ['a']},
  {text: 'a "b\\', words: ['a', '"b\\']},
  {text: '', words: []},
  {text: ' \t ', words: []},
  {text: 'a=1  b=2', words: ['a=1', 'b=2']},
  {text: 'a="1 2"c b=\'"\' ', words: ['a="1 2"c', "b='\"'"]},
  {text: 'a=1\\ 2 "q\\" r" \\"s t\\"', words: ['a=1\\ 2', '"q\\" r"', '\\"s', 't\\"']},
  {text: "'no \\' escape", words: ["'no \\'", 'escape']},
  {text: '"" \'\'', words: ['""', "''"]},
])('cuts $text at blanks outside of quotes', ({text, words}) => {
  expect(splitWords(text, '\\')).toEqual(words);
});

test('words without blanks or quotes come back as they were joined', () => {
  const word = fc.string({unit: 'grapheme', minLength: 1}).filter((each) => !/[\s"'\\]/.test(each));
  fc.assert(
    fc.property(fc.array(word), (words) => {
      expect(splitWords(words.join(' '), '\\')).toEqual(words);
      expect(splitAtBlanks(words.join(' \t '))).toEqual(words);
    }),
  );
});

test('cutting loses nothing but blanks and an escape at the end', () => {
  const hostile = fc.string({unit: fc.constantFrom(...'ab \t"\'\\`=')});
  fc.assert(
    fc.property(hostile, (text) => {
      const kept = splitWords(text, '\\').join('').replaceAll(/\s/g, '');
      const given = text.replaceAll(/\s/g, '');
      expect([given, given.replace(/\\$/, '')]).toContain(kept);
    }),
    {numRuns: 2000},
  );
});

test.each([
  {text: '["a", 1]', kind: 'mixed'},
  {text: '[["a"]]', kind: 'mixed'},
  {text: '["a"', kind: 'text'},
  {text: "['a']", kind: 'text'},
  {text: '["a"] b', kind: 'text'},
  {text: '{"a": 1}', kind: 'text'},
  {text: '"a"', kind: 'text'},
  {text: '[]', kind: 'array'},
  {text: '[ "a", "\\u0062" ]', kind: 'array'},
])('$text is $kind', ({text, kind}) => {
  expect(parseStringArray(text).kind).toBe(kind);
});

test('an array of strings comes back from its JSON', () => {
  fc.assert(
    fc.property(fc.array(fc.string({unit: 'grapheme'})), (values) => {
      expect(parseStringArray(JSON.stringify(values))).toEqual({kind: 'array', values});
    }),
  );
});
