import fc from 'fast-check';
import {expect, test} from 'vitest';
import {readLogicalLines} from '../../src/dockerfile/logical-lines.js';

test.each([
  {
    name: 'a line over 64 KiB',
    text: `FROM a\n${'x'.repeat(65_536)}`,
    code: 'E_DOCKERFILE_LINE_TOO_LONG',
  },
  {
    name: 'a line over 64 KiB in bytes',
    text: 'é'.repeat(32_768),
    code: 'E_DOCKERFILE_LINE_TOO_LONG',
  },
  {
    name: 'a file over 4 Mi characters',
    text: 'a\n'.repeat(2_200_000),
    code: 'E_DOCKERFILE_TOO_LARGE',
  },
  {name: 'no text', text: '', code: 'E_DOCKERFILE_EMPTY'},
  {name: 'only a byte order mark', text: '\ufeff', code: 'E_DOCKERFILE_EMPTY'},
  {name: 'only comments', text: '# a\n  # b', code: 'E_DOCKERFILE_NO_INSTRUCTIONS'},
  {name: 'only an escape', text: '\\\n\\\n', code: 'E_DOCKERFILE_NO_INSTRUCTIONS'},
])('refuses $name', ({text, code}) => {
  expect(() => readLogicalLines(text)).toThrow(expect.objectContaining({code}));
});

test.each([
  {text: 'a'.repeat(65_535), lines: [[1, 1]]},
  {
    text: '\n\nA \\\n\n# c\n b\nC',
    lines: [
      [3, 6],
      [7, 7],
    ],
  },
  {text: '\\\nA b', lines: [[1, 2]]},
  {text: 'A \\', lines: [[1, 1]]},
  {text: 'A \\\n# only comments follow', lines: [[1, 2]]},
])('knows the lines of each instruction', ({text, lines}) => {
  const read = readLogicalLines(text).instructions;
  expect(read.map((each) => [each.lines.first, each.lines.last])).toEqual(lines);
});

test('says where a blank line stands inside an instruction', () => {
  const read = readLogicalLines('A \\\n\n b\nB \\\n# c\n d').instructions;
  expect(read.map(({emptyContinuation}) => emptyContinuation)).toEqual([true, false]);
});

test('line ends do not change what is read', () => {
  const lines = fc.array(fc.constantFrom('RUN a', ' b \\', '# c', '', '\\', 'd\\\\', '  "e'), {
    minLength: 1,
  });
  fc.assert(
    fc.property(lines, (given) => {
      const body = ['FROM a', ...given];
      expect(readLogicalLines(body.join('\r\n')).instructions.map(({text}) => text)).toEqual(
        readLogicalLines(body.join('\n')).instructions.map(({text}) => text),
      );
    }),
  );
});

test('every line belongs to one instruction at most, in order', () => {
  const lines = fc.array(fc.string({unit: fc.constantFrom(...'a #\\"')}));
  fc.assert(
    fc.property(lines, (given) => {
      let last = 0;
      for (const each of readLogicalLines(['FROM a', ...given].join('\n')).instructions) {
        expect(each.lines.first).toBeGreaterThan(last);
        expect(each.lines.last).toBeGreaterThanOrEqual(each.lines.first);
        last = each.lines.last;
      }
    }),
  );
});
