import {expect, test} from 'vitest';
import {hostsFile, parseExtraHost} from '../../src/sandbox/hosts.js';
import {resolvConf, rewriteResolvConf} from '../../src/sandbox/resolv-conf.js';

const HOST =
  '# made by hand\nnameserver 127.0.0.53\nnameserver ::1\nnameserver 10.0.0.2\nsearch corp.example\noptions ndots:2\n';

test.each([
  {
    name: 'the host’s network keeps the file as it is',
    options: {hostNetwork: true},
    want: HOST,
  },
  {
    name: 'an own network drops resolvers on loopback addresses',
    options: {hostNetwork: false},
    want: '# made by hand\nnameserver 10.0.0.2\nsearch corp.example\noptions ndots:2\n',
  },
  {
    name: 'given resolvers replace the host’s',
    options: {hostNetwork: true, servers: ['9.9.9.9'], search: ['.'], options: ['timeout:1']},
    want: '# made by hand\nnameserver 9.9.9.9\noptions timeout:1\n',
  },
])('resolv.conf: $name', ({options, want}) => {
  expect(rewriteResolvConf(HOST, options)).toBe(want);
});

test.each([
  {servers: ['banana']},
  {servers: ['1.1.1.1', '9.9.9.9\nsearch evil']},
  {search: ['a b']},
  {options: ['ndots:2\nnameserver 6.6.6.6']},
])('resolv.conf takes no %j', (options) => {
  expect(() => resolvConf({hostNetwork: true, ...options})).toThrow(
    expect.objectContaining({code: 'E_INVALID_RUN_OPTION'}),
  );
});

test('hosts names the machine itself, then what was asked for', () => {
  const lines = hostsFile('web', [{name: 'db', address: '10.0.0.9'}]).split('\n');
  expect(lines[0]).toBe('127.0.0.1\tlocalhost web');
  expect(lines.at(-2)).toBe('10.0.0.9\tdb');
});

test.each(['db', 'db:', ':10.0.0.1', 'db:ten', 'd b:10.0.0.1', 'db\n1.1.1.1 x:10.0.0.1'])(
  '--add-host refuses %j',
  (text) => {
    expect(() => parseExtraHost(text, '10.0.0.1')).toThrow(
      expect.objectContaining({code: 'E_INVALID_RUN_OPTION'}),
    );
  },
);

test.each([
  {text: 'db:10.0.0.9', address: '10.0.0.9'},
  {text: 'db=10.0.0.9', address: '10.0.0.9'},
  {text: 'db:[::1]', address: '::1'},
  {text: 'db:fe80::1', address: 'fe80::1'},
  {text: 'db:host-gateway', address: '10.9.9.9'},
])('--add-host understands $text', ({text, address}) => {
  expect(parseExtraHost(text, '10.9.9.9')).toEqual({name: 'db', address});
});
