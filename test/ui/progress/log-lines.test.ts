import {expect, test} from 'vitest';
import {LONGEST, LogLines} from '../../../src/ui/progress/log-lines.js';

function linesOf(...chunks: (string | Uint8Array)[]): string[] {
  const log = new LogLines();
  const lines = chunks.flatMap((chunk) =>
    log.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk),
  );
  return [...lines, ...log.end()];
}

const euro = Buffer.from('€');

test.each([
  {name: 'a clear-screen sequence', chunks: ['\x1b[2J\x1b[Hroot\n'], lines: ['root']},
  {name: 'a window title that lies', chunks: ['\x1b]0;owned\x07ok\n'], lines: ['ok']},
  {name: 'a device control string', chunks: ['\x1bP1$tx\x1b\\ok\n'], lines: ['ok']},
  {name: 'a sequence cut in two', chunks: ['a\x1b[3', '1mred\x1b[0m\n'], lines: ['ared']},
  {name: 'an escape without end', chunks: ['a\x1b'], lines: ['a']},
  {name: 'backspaces and bells', chunks: ['a\b\x07b\n'], lines: ['ab']},
  {name: 'text that runs the other way', chunks: ['a\u202eb\n'], lines: ['ab']},
  {name: 'bytes that are not UTF-8', chunks: [Buffer.from([0x61, 0xff, 0x0a])], lines: ['a\ufffd']},
  {
    name: 'a character cut in two',
    chunks: [euro.subarray(0, 1), euro.subarray(1), '\n'],
    lines: ['€'],
  },
  {name: 'a progress bar', chunks: ['10%\r50%', '\r100%\r\n'], lines: ['100%']},
  {name: 'Windows line ends', chunks: ['a\r\nb\r\n'], lines: ['a', 'b']},
  {name: 'partial lines', chunks: ['a', 'b', '\nc'], lines: ['ab', 'c']},
  {name: 'nothing', chunks: ['', ''], lines: []},
  {name: 'empty lines', chunks: ['\n\n'], lines: ['', '']},
])('$name becomes what may be shown', ({chunks, lines}) => {
  expect(linesOf(...chunks)).toEqual(lines);
});

test.each([
  {name: 'in one piece', chunks: ['x'.repeat(1_000_000)]},
  {name: 'in many', chunks: Array.from({length: 1000}, () => 'x'.repeat(1000))},
])('a line of a megabyte $name comes in bounded pieces and loses nothing', ({chunks}) => {
  const lines = linesOf(...chunks);
  expect(Math.max(...lines.map((line) => line.length))).toBe(LONGEST);
  expect(lines.join('')).toHaveLength(1_000_000);
});
