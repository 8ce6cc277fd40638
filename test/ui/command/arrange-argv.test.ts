import {expect, test} from 'vitest';
import {arrangeArgv, type FlagShape} from '../../../src/ui/command/arrange-argv.js';

const flags: Record<string, FlagShape> = {
  interactive: {type: 'boolean', char: 'i'},
  tty: {type: 'boolean', char: 't'},
  human: {type: 'boolean', char: 'H', allowNo: true},
  workdir: {type: 'option', char: 'w', aliases: ['cwd']},
  env: {type: 'option', char: 'e', multiple: true},
};

const split = (line: string): string[] => line.split(' ').filter((word) => word !== '');

test.each([
  {line: 'hello ls -la --workdir /x', words: '-- hello', rest: 'ls -la --workdir /x'},
  {line: 'hello --help', words: '-- hello', rest: '--help'},
  {line: 'hello -- x', words: '-- hello', rest: '-- x'},
  {line: '-- hello -i', words: '-- hello', rest: '-i'},
  {line: '-it hello', words: '--interactive --tty -- hello', rest: ''},
  {line: '-itw /a hello sh', words: '--interactive --tty --workdir /a -- hello', rest: 'sh'},
  {line: '-itw/a hello', words: '--interactive --tty --workdir /a -- hello', rest: ''},
  {line: '-w=/a hello', words: '--workdir /a -- hello', rest: ''},
  {line: '-e hello hello', words: '--env hello -- hello', rest: ''},
  {line: '-e A -eB --env=C=D hello', words: '--env A --env B --env C=D -- hello', rest: ''},
  {line: '-w /a -w /b hello', words: '--workdir /b -- hello', rest: ''},
  {line: '--cwd /a hello sh', words: '--workdir /a -- hello', rest: 'sh'},
  {line: '--cwd=/a -w /b hello', words: '--workdir /b -- hello', rest: ''},
  {line: '--tty=true --interactive=false hello', words: '--tty -- hello', rest: ''},
  {line: '-t=false hello a b a', words: '-- hello', rest: 'a b a'},
  {line: '--nope hello', words: '--nope -- hello', rest: ''},
  {line: '--constructor hello', words: '--constructor -- hello', rest: ''},
  {line: '-i -', words: '--interactive -- -', rest: ''},
  {line: '-w', words: '--workdir', rest: ''},
  {line: '', words: '', rest: ''},
])('run $line: flags end at the image', ({line, words, rest}) => {
  const arranged = arrangeArgv(split(line), flags, {stopAtArgument: true});
  expect(arranged).toEqual({words: split(words), rest: split(rest), help: false});
});

test.each([
  {line: 'a -i b', words: 'a --interactive b'},
  {line: 'a -- -i', words: 'a -- -i'},
  {line: '--human=false a', words: '--no-human a'},
])('without a command of somebody else flags may come anywhere: $line', ({line, words}) => {
  expect(arrangeArgv(split(line), flags).words).toEqual(split(words));
});

test.each([
  {line: '--human=maybe a', flag: 'human', got: '"maybe"'},
  {line: 'a --tty= --human=', flag: 'tty', got: '""'},
  {line: 'a -it=yes', flag: 'tty', got: '"yes"'},
])('a value that is neither true nor false is told with its flag: $line', ({line, flag, got}) => {
  const {mistake, words} = arrangeArgv(split(line), flags);
  expect(mistake?.message).toBe(`--${flag}: want true or false, got ${got}`);
  expect(words.join()).not.toContain('=');
});

test('a value behind the argument is for somebody else to judge', () => {
  const {mistake} = arrangeArgv(split('hello --tty=maybe'), flags, {stopAtArgument: true});
  expect(mistake).toBeUndefined();
});

test.each([
  {line: '--help', help: true},
  {line: 'a --help', help: true},
  {line: '-h', help: true},
  {line: '-w --help', help: false},
  {line: 'a -- --help', help: false},
])('$line asks for help: $help', ({line, help}) => {
  expect(arrangeArgv(split(line), flags).help).toBe(help);
});

test('-h is no help where it is a flag of its own', () => {
  const hostname = {hostname: {type: 'option', char: 'h'} as const};
  expect(arrangeArgv(['-h', 'name'], hostname)).toEqual({
    words: ['--hostname', 'name'],
    rest: [],
    help: false,
  });
});
