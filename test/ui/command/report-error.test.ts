import {expect, test} from 'vitest';
import {TsbuildError} from '../../../src/base/error.js';
import {vertex} from '../../../src/graph/vertex.js';
import {SolveError} from '../../../src/solver/errors.js';
import {reportError} from '../../../src/ui/command/report-error.js';
import {InterruptedError, UsageError} from '../../../src/ui/errors.js';

class SampleError extends TsbuildError {
  readonly code = 'E_SAMPLE';
}

class PlacedError extends SampleError {
  readonly lines = {first: 2, last: 2};
}

const source = {name: 'Dockerfile', text: 'FROM busybox\nRUN \x1b[2Jfalse\nRUN true\n'};

test('a failure tells its message, causes it did not mention, its hint and its code', () => {
  const deep = new Error('connection refused');
  const cause = new SampleError('cannot reach example.org', {cause: deep});
  const error = new SampleError('failed to pull: cannot reach example.org', {
    cause,
    hint: 'Check the network.',
  });

  expect(reportError(error).text).toBe(`tsbuild: failed to pull: cannot reach example.org
  caused by: connection refused
  hint: Check the network.
  code: E_SAMPLE
`);
});

test('a failure with a place shows the lines around it, without control sequences', () => {
  const wrapped = new SampleError('failed to solve: no', {cause: new PlacedError('no')});
  expect(reportError(wrapped, {source}).text).toContain(
    ['Dockerfile:2', '-'.repeat(20), '   1 |     FROM busybox', '   2 | >>> RUN false'].join('\n'),
  );
});

test('what nobody expected is a bug and shows its stack', () => {
  const {text, exitCode} = reportError(new TypeError('x is not a function'));
  expect(text).toMatch(
    /^tsbuild: this is a bug in tsbuild, please report it: x is not a function\n/,
  );
  expect(text).toContain('report-error.test.ts');
  expect(exitCode).toBe(1);
});

test('a step that failed tells the code of what failed in it as well', () => {
  const op = {kind: 'mkdir', path: '/', user: ''} as const;
  const step = vertex({op, inputs: [], name: 'WORKDIR /'});
  const {text, fields} = reportError(new SolveError(step, new SampleError('no')));
  expect(text).toContain('  code: E_STEP_FAILED, E_SAMPLE\n');
  expect(fields).toMatchObject({code: 'E_STEP_FAILED', causeCode: 'E_SAMPLE'});
});

test('a bug inside a step is shown as one, in the place where it happened', () => {
  const op = {kind: 'mkdir', path: '/', user: ''} as const;
  const step = vertex({name: 'WORKDIR /', inputs: [], op, lines: {first: 2, last: 2}});
  const error = new SolveError(step, new TypeError('x is not a function'));
  const {text, fields} = reportError(error, {source});
  expect(fields.code).toBe('E_BUG');
  expect(text).toContain('   2 | >>> RUN');
  expect(text).toContain('TypeError: x is not a function');
});

test('a refusal of the machine is no bug', () => {
  const error = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    syscall: 'write',
  });
  expect(reportError(error).fields).toMatchObject({code: 'E_SYSTEM'});
});

test.each([
  {name: 'a failure', error: new SampleError('x'), failure: 1, exitCode: 1},
  {name: 'a failure of run', error: new SampleError('x'), failure: 125, exitCode: 125},
  {name: 'a bad command line', error: new UsageError('x'), failure: 1, exitCode: 125},
  {name: 'Ctrl-C', error: new InterruptedError('SIGINT', 130), failure: 1, exitCode: 130},
  {name: 'something thrown that is no error', error: 'text', failure: 1, exitCode: 1},
])('$name exits with $exitCode', ({error, failure, exitCode}) => {
  expect(reportError(error, {failure}).exitCode).toBe(exitCode);
});

test('the same as fields, for --json', () => {
  const error = new SampleError('outer', {cause: new PlacedError('inner'), hint: 'Do it.'});
  expect(reportError(error).fields).toEqual({
    code: 'E_SAMPLE',
    message: 'outer',
    hint: 'Do it.',
    causes: ['inner'],
    lines: {first: 2, last: 2},
  });
});

test('a message cannot move the cursor', () => {
  expect(reportError(new SampleError('\x1b[2Ja\rb')).text).toBe('tsbuild: ab\n  code: E_SAMPLE\n');
});
