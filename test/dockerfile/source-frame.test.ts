import {expect, test} from 'vitest';
import {sourceFrame} from '../../src/dockerfile/source-frame.js';

const text = ['FROM alpine', 'RUN a \\', '  b', 'RUN c', 'RUN d', 'RUN e', 'RUN f'].join('\r\n');
const shown = (first: number, last: number): string[] =>
  sourceFrame({name: 'docker/Dockerfile', text}, {first, last}).split('\n');

test.each([
  {name: 'lines past the end', first: 9, last: 12, marked: ['   7 | >>> RUN f'], count: 3},
  {name: 'the first line', first: 1, last: 1, marked: ['   1 | >>> FROM alpine'], count: 3},
  {name: 'the last line', first: 7, last: 7, marked: ['   7 | >>> RUN f'], count: 3},
  {name: 'a line in the middle', first: 4, last: 4, marked: ['   4 | >>> RUN c'], count: 5},
  {name: 'a range', first: 2, last: 3, marked: ['   2 | >>> RUN a \\', '   3 | >>>   b'], count: 4},
  {
    name: 'the whole file',
    first: 1,
    last: 7,
    marked: text.split('\r\n').map((line, index) => `   ${index + 1} | >>> ${line}`),
    count: 7,
  },
])('marks $name and gives it context', ({first, last, marked, count}) => {
  const lines = shown(first, last);
  expect(lines[0]).toBe(`docker/Dockerfile:${first}`);
  expect(lines[1]).toBe('-'.repeat(20));
  expect(lines.at(-1)).toBe('-'.repeat(20));
  expect(lines.filter((line) => line.includes(' >>> '))).toEqual(marked);
  expect(lines).toHaveLength(count + 3);
});

test('cuts a line nobody could read', () => {
  const frame = sourceFrame({name: 'D', text: `RUN ${'a'.repeat(60_000)}`}, {first: 1, last: 1});
  expect(frame.length).toBeLessThan(600);
});
