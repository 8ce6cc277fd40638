import {expect, test} from 'vitest';
import {SecretMask} from '../../../src/solver/executors/secret-mask.js';

function masked(secrets: readonly string[], pieces: readonly string[]): string {
  let told = '';
  const mask = new SecretMask(
    secrets.map((secret) => Buffer.from(secret)),
    (_stream, data) => {
      told += Buffer.from(data).toString();
    },
  );
  for (const piece of pieces) mask.write('stdout', Buffer.from(piece));
  mask.end();
  return told;
}

test.each([
  {name: 'whole', secrets: ['hunter2'], pieces: ['a hunter2 b'], told: 'a *** b'},
  {name: 'a byte at a time', secrets: ['hunter2'], pieces: [...'xhunter2x'], told: 'x***x'},
  {name: 'after a false start', secrets: ['aab'], pieces: ['a', 'a', 'ab'], told: 'a***'},
  {name: 'twice at once', secrets: ['ab'], pieces: ['abab'], told: '******'},
  {
    name: 'before its own beginning again',
    secrets: ['abca'],
    pieces: ['abca', 'bca'],
    told: '***bca',
  },
  {name: 'inside another', secrets: ['pass', 'password'], pieces: ['pass', 'word'], told: '***'},
  {name: 'with a line end that the output lacks', secrets: ['key\n'], pieces: ['key'], told: '***'},
  {name: 'by the line', secrets: ['line-1\n{\nline-2'], pieces: ['{\nline-2'], told: '{\n***'},
  {
    name: 'that means something in a pattern',
    secrets: ['a.*[b'],
    pieces: ['axxb a.*[b'],
    told: 'axxb ***',
  },
  {
    name: 'with characters of several bytes',
    secrets: ['pâss→'],
    pieces: ['<pâss→>'],
    told: '<***>',
  },
])('hides a secret $name', ({secrets, pieces, told}) => {
  expect(masked(secrets, pieces)).toBe(told);
});

test.each([
  {name: 'the beginning of one, at the end', secrets: ['hunter2'], pieces: ['hunt'], told: 'hunt'},
  {name: 'everything, of a secret that is empty', secrets: ['\n'], pieces: ['a\n'], told: 'a\n'},
])('lets through $name', ({secrets, pieces, told}) => {
  expect(masked(secrets, pieces)).toBe(told);
});

test('keeps the two streams apart', () => {
  const told = {stdout: '', stderr: ''};
  const mask = new SecretMask([Buffer.from('abcd')], (stream, data) => {
    told[stream] += Buffer.from(data).toString();
  });
  mask.write('stdout', Buffer.from('ab'));
  mask.write('stderr', Buffer.from('cd'));
  mask.end();
  expect(told).toEqual({stdout: 'ab', stderr: 'cd'});
});
