import {execFileSync} from 'node:child_process';
import {rmSync, symlinkSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {
  joinGroups,
  ROOT_ACCOUNT,
  resolveAccount,
  resolveOwner,
} from '../../src/sandbox/accounts.js';
import {busyboxRoot} from '../helpers/busybox-root.js';
import {rootHost} from './plan-lines.js';

const fileError = expect.objectContaining({code: 'E_ACCOUNT_FILE'});
const unknown = expect.objectContaining({code: 'E_UNKNOWN_ACCOUNT'});

test('a passwd that links out of the root is read inside it', () => {
  using root = busyboxRoot();
  const outside = join(root.base, 'passwd');
  writeFileSync(outside, 'spy:x:666:666::/:/bin/sh\n');
  for (const target of ['../../passwd', outside, '../../../../../../../../etc/passwd']) {
    rmSync(join(root.path, 'etc/passwd'));
    symlinkSync(target, join(root.path, 'etc/passwd'));
    expect(() => resolveAccount(root.path, 'spy')).toThrow();
  }
});

test.each([
  {what: 'of 100 MB', make: (path: string) => truncateSync(path, 100_000_000)},
  {
    what: 'that is a pipe',
    make: (path: string) => {
      rmSync(path);
      execFileSync('mkfifo', [path]);
    },
  },
  {
    what: 'that is a link to itself',
    make: (path: string) => {
      rmSync(path);
      symlinkSync('passwd', path);
    },
  },
  {
    what: 'that is a directory',
    make: (path: string) => {
      rmSync(path);
      symlinkSync('/etc', path);
    },
  },
])('a passwd $what is refused', ({make}) => {
  using root = busyboxRoot();
  make(join(root.path, 'etc/passwd'));
  expect(() => resolveAccount(root.path, 'app')).toThrow(fileError);
});

test.each([
  'nobody',
  'app:nogroup',
  '-1',
  '2147483648',
  '0:4294967296',
  'app ',
  '99999999999999999999',
])('the user %j is unknown', (wanted) => {
  using root = busyboxRoot();
  expect(() => resolveAccount(root.path, wanted)).toThrow(unknown);
  expect(() => resolveOwner(root.path, wanted)).toThrow(unknown);
});

test('lines that are not of the form are skipped', () => {
  using root = busyboxRoot({
    'etc/passwd': '# comment\n\nbroken\nbad:x:one:two::/\napp:x:5:6::/a\napp:x:7:8::/b\n',
  });
  expect(resolveAccount(root.path, 'app')).toMatchObject({uid: 5, gid: 6, home: '/a'});
});

test.each([
  {wanted: '', uid: 0, gid: 0, additionalGids: [0, 10, 44], home: '/root'},
  {wanted: 'root', uid: 0, gid: 0, additionalGids: [0, 10, 44], home: '/root'},
  {wanted: 'app', uid: 1000, gid: 1001, additionalGids: [1001, 10, 44], home: '/home/app'},
  {wanted: '1000', uid: 1000, gid: 1001, additionalGids: [1001, 10, 44], home: '/home/app'},
  {wanted: 'app:video', uid: 1000, gid: 44, additionalGids: [44], home: '/home/app'},
  {wanted: 'app:99', uid: 1000, gid: 99, additionalGids: [99], home: '/home/app'},
  {wanted: '4711', uid: 4711, gid: 0, additionalGids: [0], home: '/'},
  {wanted: '4711:12', uid: 4711, gid: 12, additionalGids: [12], home: '/'},
  {wanted: ':video', uid: 0, gid: 44, additionalGids: [44], home: '/root'},
  {wanted: 'nohome', uid: 7, gid: 7, additionalGids: [7], home: '/'},
])('USER $wanted', ({wanted, ...account}) => {
  using root = busyboxRoot();
  expect(resolveAccount(root.path, wanted)).toEqual(account);
});

test.each([
  {wanted: '55', uid: 55, gid: 55},
  {wanted: '1000', uid: 1000, gid: 1000},
  {wanted: 'app', uid: 1000, gid: 1001},
  {wanted: 'app:root', uid: 1000, gid: 0},
  {wanted: '10:20', uid: 10, gid: 20},
  {wanted: ':44', uid: 0, gid: 44},
])('--chown=$wanted', ({wanted, ...owner}) => {
  using root = busyboxRoot();
  expect(resolveOwner(root.path, wanted)).toEqual(owner);
});

test('--group-add takes names and numbers, each once', () => {
  using root = busyboxRoot();
  const account = resolveAccount(root.path, 'app');
  const join = (...groups: string[]) =>
    joinGroups(account, groups, {rootfs: root.path, host: rootHost}).additionalGids;
  expect(join('44', 'video', '7')).toEqual([1001, 10, 44, 7]);
  expect(() => join('nobodies')).toThrow(unknown);
  const alone = {...rootHost, gids: [{containerID: 0, hostID: 1000, size: 1}]};
  expect(() => joinGroups(ROOT_ACCOUNT, ['44'], {rootfs: root.path, host: alone})).toThrow(
    'gid 44 is not mapped',
  );
});

test('a root without passwd and group knows numbers only', () => {
  using root = busyboxRoot();
  rmSync(join(root.path, 'etc'), {recursive: true});
  expect(resolveAccount(root.path, '12:13')).toMatchObject({uid: 12, gid: 13, home: '/'});
  expect(() => resolveAccount(root.path, 'root')).toThrow(unknown);
});
