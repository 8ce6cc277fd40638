import {expect, test} from 'vitest';
import {
  mergeEnvironment,
  parseEnvironmentFile,
  parseEnvironmentOption,
  withDefault,
} from '../../../src/sandbox/spec/environment.js';

const own = {HERE: 'yes', EMPTY: ''};

test.each(['A B=1', '=1', 'TAB\tNAME=1'])('an --env-file refuses the line %j', (line) => {
  expect(() => parseEnvironmentFile(line, own)).toThrow(
    expect.objectContaining({code: 'E_INVALID_RUN_OPTION'}),
  );
});

test('an --env-file keeps values as they are, takes its own value for a bare name, and skips comments', () => {
  const text = '\uFEFF# comment\r\n\n  A=1 # no comment\nB=\nHERE\nABSENT\nQ="x y"\n';
  expect(parseEnvironmentFile(text, own)).toEqual([
    'A=1 # no comment',
    'B=',
    'HERE=yes',
    'Q="x y"',
  ]);
});

test.each([
  {text: 'A=1', want: 'A=1'},
  {text: 'HERE', want: 'HERE=yes'},
  {text: 'EMPTY', want: 'EMPTY='},
  {text: 'ABSENT', want: 'ABSENT'},
  {text: 'constructor', want: 'constructor'},
])('-e $text gives $want', ({text, want}) => {
  expect(parseEnvironmentOption(text, own)).toBe(want);
});

test('a change keeps the place of its name, and a bare name removes it', () => {
  expect(mergeEnvironment(['A=1', 'B=2', 'C=3'], ['B=4', 'A', 'D=5', 'D=6'])).toEqual([
    'B=4',
    'C=3',
    'D=6',
  ]);
});

test('a default gives way to a value that is there, also an empty one', () => {
  expect(withDefault(['PATH='], 'PATH=/bin')).toEqual(['PATH=']);
  expect(withDefault([], 'PATH=/bin')).toEqual(['PATH=/bin']);
});
