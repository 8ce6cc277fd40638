import {expect, test} from 'vitest';
import {COMMANDS} from '../../src/command-classes.js';
import {commands} from '../../src/commands.js';
import {findCommand} from '../../src/find-command.js';

test.each(commands)(
  '$id says the same aliases as its class, and how to read it',
  ({id, aliases}) => {
    const Class = COMMANDS[id];
    expect(Class?.aliases).toEqual(aliases);
    expect(Class?.summary).toMatch(/^[a-z].*[^.]$/);
  },
);

test.each(Object.entries(COMMANDS))('%s never takes an argument from stdin', (_, {args}) => {
  for (const arg of Object.values(args)) expect(arg.ignoreStdin).toBe(true);
});

test.each(Object.entries(COMMANDS))(
  'repeatable flags of %s leave the next argument alone',
  (_, {flags}) => {
    for (const flag of Object.values(flags ?? {})) {
      if (flag.type === 'option' && flag.multiple) expect(flag.multipleNonGreedy).toBe(true);
    }
  },
);

test.each([
  {line: 'build -t hello .', id: 'build', argv: '-t hello .'},
  {line: 'image ls -a', id: 'image:ls', argv: '-a'},
  {line: 'images -a', id: 'image:ls', argv: '-a'},
  {line: 'image list', id: 'image:ls', argv: ''},
  {line: 'cache mounts ls --json', id: 'cache:mounts:ls', argv: '--json'},
  {line: 'rmi a b', id: 'image:rm', argv: 'a b'},
  {line: 'run image ls', id: 'run', argv: 'image ls'},
  {line: '--version', id: 'version', argv: ''},
  {line: '-v', id: 'version', argv: ''},
])('$line is $id', ({line, id, argv}) => {
  const words = argv.split(' ').filter((word) => word !== '');
  expect(findCommand(line.split(' '))).toMatchObject({kind: 'command', id, argv: words});
});

test.each([
  {line: '', found: {kind: 'help', subject: []}},
  {line: '--help', found: {kind: 'help', subject: []}},
  {line: 'help image ls', found: {kind: 'help', subject: ['image:ls']}},
  {line: 'image', found: {kind: 'help', subject: ['image']}},
  {line: 'image --help', found: {kind: 'help', subject: ['image']}},
  {line: 'cache mounts', found: {kind: 'help', subject: ['cache:mounts']}},
  {line: 'cache mounts -h', found: {kind: 'help', subject: ['cache:mounts']}},
  {line: 'cache mounts nope', found: {kind: 'unknown', name: 'cache mounts nope'}},
  {line: 'help cache mounts ls', found: {kind: 'help', subject: ['cache:mounts:ls']}},
  {line: 'image nope', found: {kind: 'unknown', name: 'image nope'}},
  {line: 'nope', found: {kind: 'unknown', name: 'nope'}},
  {line: 'constructor', found: {kind: 'unknown', name: 'constructor'}},
  {line: 'image:', found: {kind: 'unknown', name: 'image:'}},
])('$line is $found.kind', ({line, found}) => {
  expect(findCommand(line === '' ? [] : line.split(' '))).toEqual(found);
});
