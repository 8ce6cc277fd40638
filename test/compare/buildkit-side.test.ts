import {expect, test} from 'vitest';
import {failureOf} from './buildkit-side.js';

const FRAME = 'Dockerfile:3\n--------------------\n   3 | >>> RUN\n--------------------\n';

test.each([
  '',
  'failed to solve: ',
  'failed to build: failed to solve: ',
  'failed to build: failed to solve: rpc error: code = Unknown desc = ',
  'failed to solve: rpc error: code = InvalidArgument desc = failed to solve: ',
])('behind "%s" stands what the frontend says', (before) => {
  const log = `#1 DONE 0.0s\n${FRAME}ERROR: ${before}invalid value -1 for uid\n`;
  expect(failureOf(log)).toEqual({message: 'invalid value -1 for uid', line: 3});
});

test('a failure in several lines is kept whole, and one without a frame has no line', () => {
  const message = 'failed to read dockerfile: open x: no such file\nsecond line';
  expect(failureOf(`ERROR: failed to solve: ${message}\n`)).toEqual({message, line: undefined});
});
