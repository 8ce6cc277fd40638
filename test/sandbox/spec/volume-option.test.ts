import {expect, test} from 'vitest';
import {
  bindMount,
  parseTmpfs,
  parseVolume,
  tmpfsMount,
  type Volume,
} from '../../../src/sandbox/spec/volume-option.js';

test.each([
  {text: '', why: 'nothing'},
  {text: ':/data', why: 'no source'},
  {text: '/host:', why: 'no destination'},
  {text: '/host:data', why: 'a relative destination'},
  {text: '/host:/', why: 'the root as destination'},
  {text: '/host:/a/..', why: 'the root in other words'},
  {text: '/host:/data:ro:rw', why: 'too many parts'},
  {text: '/host:/data:ro,rw', why: 'opposites'},
  {text: '/host:/data:exec', why: 'an unknown option'},
  {text: 'a/b:/data', why: 'a path that does not begin with a dot or slash'},
  {text: '-v:/data', why: 'a name that begins with a dash'},
])('-v refuses $why: $text', ({text}) => {
  expect(() => parseVolume(text, '/work')).toThrow(
    expect.objectContaining({code: 'E_INVALID_RUN_OPTION'}),
  );
});

test.each<{text: string; want: Partial<Volume>}>([
  {
    text: '/host:/data',
    want: {
      kind: 'bind',
      source: '/host',
      destination: '/data',
      readonly: false,
      propagation: 'rprivate',
    },
  },
  {text: './src:/app/', want: {kind: 'bind', source: '/here/src', destination: '/app'}},
  {text: '../x:/app/../../etc', want: {kind: 'bind', source: '/x', destination: '/etc'}},
  {text: '/h:/d:ro,z,rslave', want: {kind: 'bind', readonly: true, propagation: 'rslave'}},
  {text: 'cache:/var/cache:nocopy', want: {kind: 'named', name: 'cache', copy: false}},
  {text: '/var/lib', want: {kind: 'anonymous', destination: '/var/lib'}},
])('-v understands $text', ({text, want}) => {
  expect(parseVolume(text, '/here')).toMatchObject(want);
});

test.each([
  {below: 'as it is above', options: ['rbind', 'rprivate', 'rro']},
  {below: 'writable', options: ['rbind', 'rprivate', 'ro']},
  {below: 'absent', options: ['bind', 'rprivate', 'ro']},
] as const)(
  'a read-only bind where what is below is $below asks for $options',
  ({below, options}) => {
    const volume = parseVolume('/h:/d:ro', '/') as Extract<Volume, {kind: 'bind'}>;
    expect(bindMount({...volume, below}).options).toEqual(options);
  },
);

test.each([
  {text: '/run', options: ['noexec', 'nosuid', 'nodev']},
  {text: '/run:size=64m,exec', options: ['nosuid', 'nodev', 'size=64m', 'exec']},
])('--tmpfs $text has the options docker gives it', ({text, options}) => {
  const volume = parseTmpfs(text) as Extract<Volume, {kind: 'tmpfs'}>;
  expect(tmpfsMount(volume)).toMatchObject({destination: '/run', type: 'tmpfs', options});
});

test.each(['run', '/', '/run:x y', '/run:context="a"'])('--tmpfs refuses %j', (text) => {
  expect(() => parseTmpfs(text)).toThrow(expect.objectContaining({code: 'E_INVALID_RUN_OPTION'}));
});
