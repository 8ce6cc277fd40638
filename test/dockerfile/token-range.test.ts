import {expect, test} from 'vitest';
import {readLogicalLines} from '../../src/dockerfile/logical-lines.js';
import {readStatement} from '../../src/dockerfile/statement.js';
import {tokenRange} from '../../src/dockerfile/token-range.js';

function locate(text: string, word?: string): string | undefined {
  const {directives, instructions} = readLogicalLines(text);
  const [line] = instructions;
  if (line === undefined) return undefined;
  const range = tokenRange(readStatement(line, directives.escape), word);
  return (
    range && `${range.start.line}:${range.start.character}-${range.end.line}:${range.end.character}`
  );
}

test.each([
  {name: 'a word that is not there', text: 'COPY a b', word: 'c', place: undefined},
  {name: 'the keyword', text: '\n\n  COPY a b', word: undefined, place: '3:2-3:6'},
  {name: 'a flag', text: 'COPY --from=x a b', word: '--from=x', place: '1:5-1:13'},
  {
    name: 'a flag on a later line',
    text: 'COPY \\\n  --chwon=1 \\\n a b',
    word: '--chwon=1',
    place: '2:2-2:11',
  },
  {name: 'an argument', text: 'COPY a \\\n# c\n b c', word: 'b', place: '3:1-3:2'},
  {
    name: 'a word after a backtick',
    text: '# escape=`\nUSER `\n  root',
    word: 'root',
    place: '3:2-3:6',
  },
  {
    name: 'the keyword after a byte order mark',
    text: '\ufeffFROM a',
    word: undefined,
    place: '1:0-1:4',
  },
])('finds $name', ({text, word, place}) => {
  expect(locate(text, word)).toBe(place);
});
