import {expect, test} from 'vitest';
import {cutToWidth, textWidth} from '../../../src/ui/text/text-width.js';

test.each([
  ['', 0],
  ['abc', 3],
  ['漢字', 4],
  ['e\u0301', 1],
  ['🚀', 2],
  ['\u200b\x07', 0],
])('%j takes %i columns', (text, width) => {
  expect(textWidth(text)).toBe(width);
});

test.each([
  {text: 'abc', columns: 2, cut: 'ab'},
  {text: 'a漢字', columns: 2, cut: 'a'},
  {text: 'a漢字', columns: 3, cut: 'a漢'},
  {text: '🚀🚀', columns: 3, cut: '🚀'},
  {text: 'abc', columns: 0, cut: ''},
  {text: 'abc', columns: -1, cut: ''},
])('$text cut to $columns columns is $cut', ({text, columns, cut}) => {
  expect(cutToWidth(text, columns)).toBe(cut);
});
