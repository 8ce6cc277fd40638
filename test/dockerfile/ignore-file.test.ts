import {expect, test} from 'vitest';
import {parseIgnoreFile} from '../../src/dockerfile/ignore-file.js';

test.each([
  {name: 'nothing', text: '', patterns: []},
  {name: 'comments in column 0 only', text: '# a\n #b\n\t\n', patterns: ['#b']},
  {name: 'a byte order mark and CRLF', text: '\ufeff# a\r\nb\r\n', patterns: ['b']},
  {name: 'blanks around', text: '  a b  \n', patterns: ['a b']},
  {name: 'slashes and dots', text: '/a/\n./b//c/../d\n/\n.\n', patterns: ['a', 'b/d', '/', '.']},
  {name: 'exceptions', text: '! /a\n!\n!!b', patterns: ['!a', '!', '!!b']},
  {name: 'a climb out of the context', text: '../x\n/../y', patterns: ['../x', 'y']},
  {
    name: 'globs as they are',
    text: '**/*.log\na\\ b\n[a-z]?',
    patterns: ['**/*.log', 'a\\ b', '[a-z]?'],
  },
])('reads $name', ({text, patterns}) => {
  expect(parseIgnoreFile(text).map(({pattern}) => pattern)).toEqual(patterns);
});
