import {spawnSync} from 'node:child_process';
import {
  closeSync,
  constants as fs,
  ftruncateSync,
  lstatSync,
  openSync,
  readSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {describe, expect, test} from 'vitest';
import {errnoName, errnoNumber} from '../../src/linux/errno.js';
import {acquireLock, isHeld, tryLock} from '../../src/linux/lock.js';
import {deviceMajor, deviceMinor, makeDevice, makeWhiteout, mknod} from '../../src/linux/node.js';
import {openPipe} from '../../src/linux/pipe.js';
import {seekTo} from '../../src/linux/sparse.js';
import {syncFileSystem} from '../../src/linux/sync.js';
import {lgetxattr, llistxattr, lremovexattr, lsetxattr} from '../../src/linux/xattr.js';
import {needs} from '../helpers/needs.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

describe('extended attributes', () => {
  test('come back as they were set, empty and binary ones too', async () => {
    await using folder = temporaryFolder();
    const path = join(folder.path, 'file');
    writeFileSync(path, '');
    expect(llistxattr(path)).toEqual([]);
    const values = {'user.text': 'ü', 'user.empty': '', 'user.binary': Buffer.from([0, 255, 0])};
    for (const [name, value] of Object.entries(values)) lsetxattr(path, name, value);
    expect([...llistxattr(path)].sort()).toEqual(Object.keys(values).sort());
    for (const [name, value] of Object.entries(values)) {
      expect(lgetxattr(path, name)).toEqual(Buffer.from(value as string));
    }
    lsetxattr(path, 'user.text', 'other');
    expect(lgetxattr(path, 'user.text')?.toString()).toBe('other');
    lremovexattr(path, 'user.text');
    lremovexattr(path, 'user.text');
    expect(lgetxattr(path, 'user.text')).toBeUndefined();
  });

  test('are those of a link, not of what it points to', async (context) => {
    needs(context, 'root');
    await using folder = temporaryFolder();
    const [file, link] = [join(folder.path, 'file'), join(folder.path, 'link')];
    writeFileSync(file, '');
    symlinkSync('file', link);
    lsetxattr(file, 'user.x', '1');
    expect(llistxattr(link)).toEqual([]);
    expect(() => lsetxattr(link, 'user.x', '1')).toThrow(
      expect.objectContaining({code: 'E_SYSCALL', syscall: 'lsetxattr', errno: 'EPERM'}),
    );
    lsetxattr(link, 'trusted.x', '2');
    expect(llistxattr(link)).toEqual(['trusted.x']);
  });

  test('take paths that are not UTF-8, and refuse those with a NUL', async () => {
    await using folder = temporaryFolder();
    const path = Buffer.concat([Buffer.from(`${folder.path}/`), Buffer.of(0xff, 0xfe)]);
    writeFileSync(path, '');
    lsetxattr(path, 'user.x', 'yes');
    expect(lgetxattr(path, 'user.x')?.toString()).toBe('yes');
    expect(() => llistxattr(`${folder.path}\0/x`)).toThrow(
      expect.objectContaining({code: 'E_INVALID_PATH'}),
    );
    expect(() => llistxattr(Buffer.from('a\0b'))).toThrow(
      expect.objectContaining({code: 'E_INVALID_PATH'}),
    );
  });

  test.each([
    ['llistxattr', () => llistxattr('/no/such/file')],
    ['lgetxattr', () => lgetxattr('/no/such/file', 'user.x')],
    ['lsetxattr', () => lsetxattr('/no/such/file', 'user.x', '')],
    ['lremovexattr', () => lremovexattr('/no/such/file', 'user.x')],
  ])('tell of a path that is not there: %s', (syscall, call) => {
    expect(call).toThrow(expect.objectContaining({code: 'E_SYSCALL', syscall, errno: 'ENOENT'}));
  });
});

describe('special files', () => {
  test('are made as asked', async () => {
    await using folder = temporaryFolder();
    const [fifo, whiteout] = [join(folder.path, 'fifo'), join(folder.path, 'whiteout')];
    mknod(fifo, fs.S_IFIFO | 0o600, 0);
    makeWhiteout(whiteout);
    expect(lstatSync(fifo).isFIFO()).toBe(true);
    expect(lstatSync(whiteout)).toMatchObject({rdev: 0});
    expect(lstatSync(whiteout).isCharacterDevice()).toBe(true);
    expect(() => makeWhiteout(whiteout)).toThrow(expect.objectContaining({errno: 'EEXIST'}));
  });

  test.each([
    {major: 0, minor: 0},
    {major: 1, minor: 3},
    {major: 259, minor: 65_535},
    {major: 4095, minor: 1_048_575},
  ])('have numbers that come apart again: $major:$minor', ({major, minor}) => {
    const device = makeDevice(major, minor);
    expect({major: deviceMajor(device), minor: deviceMinor(device)}).toEqual({major, minor});
  });

  test('have the numbers the kernel shows', () => {
    const {rdev} = statSync('/dev/null');
    expect([deviceMajor(rdev), deviceMinor(rdev), makeDevice(1, 3)]).toEqual([1, 3, rdev]);
  });
});

test('a sparse file shows its data and its holes', async (context) => {
  await using folder = temporaryFolder();
  const fd = openSync(join(folder.path, 'sparse'), 'w+');
  try {
    ftruncateSync(fd, 1 << 20);
    writeSync(fd, 'x', 512 << 10);
    if (seekTo('hole', fd, 0) !== 0) context.skip('this file system keeps no holes');
    expect(seekTo('data', fd, 0)).toBe(512 << 10);
    const hole = seekTo('hole', fd, 512 << 10) ?? 0;
    expect(hole).toBeGreaterThan(512 << 10);
    expect(seekTo('data', fd, hole)).toBeUndefined();
    expect(seekTo('hole', fd, (1 << 20) + 1)).toBeUndefined();
    expect(() => seekTo('data', -1, 0)).toThrow(expect.objectContaining({errno: 'EBADF'}));
  } finally {
    closeSync(fd);
  }
});

test('a file system is synced by any path on it', async () => {
  await using folder = temporaryFolder();
  expect(() => syncFileSystem(folder.path)).not.toThrow();
  expect(() => syncFileSystem(join(folder.path, 'missing'))).toThrow(/ENOENT/);
});

describe('a lock', () => {
  test('is held by one, or shared by many', async () => {
    await using folder = temporaryFolder();
    const path = join(folder.path, 'lock');
    {
      using one = tryLock(path, 'exclusive');
      expect(isHeld(path)).toBe(true);
      expect(one).toBeDefined();
      expect(tryLock(path, 'exclusive')).toBeUndefined();
      expect(tryLock(path, 'shared')).toBeUndefined();
    }
    expect(isHeld(path)).toBe(false);
    using first = tryLock(path, 'shared');
    using second = tryLock(path, 'shared');
    expect([first, second]).not.toContain(undefined);
    expect(tryLock(path, 'exclusive')).toBeUndefined();
  });

  test('keeps other processes out', async () => {
    await using folder = temporaryFolder();
    const path = join(folder.path, 'lock');
    const other = (): number | null => spawnSync('flock', ['--nonblock', path, 'true']).status;
    {
      using _held = tryLock(path, 'exclusive');
      expect(other()).toBe(1);
    }
    expect(other()).toBe(0);
  });

  test('is waited for without blocking the thread', async () => {
    await using folder = temporaryFolder();
    const path = join(folder.path, 'lock');
    const held = await acquireLock(path, 'exclusive');
    const order: string[] = [];
    const waiting = acquireLock(path, 'exclusive').then((lock) => {
      order.push('acquired');
      return lock;
    });
    await sleep(20);
    order.push('released');
    held[Symbol.dispose]();
    held[Symbol.dispose]();
    (await waiting)[Symbol.dispose]();
    expect(order).toEqual(['released', 'acquired']);
  });

  test('is not waited for after an abort', async () => {
    await using folder = temporaryFolder();
    const path = join(folder.path, 'lock');
    using _held = await acquireLock(path, 'exclusive');
    const reason = new Error('enough');
    const controller = new AbortController();
    const waiting = acquireLock(path, 'shared', controller.signal);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });

  test('in a folder that is not there is a failure, and held by nobody', () => {
    expect(() => tryLock('/no/such/folder/lock', 'shared')).toThrow(/ENOENT/);
    expect(isHeld('/no/such/folder/lock')).toBe(false);
  });
});

test.each([
  [1, 'EPERM'],
  [11, 'EAGAIN'],
  [61, 'ENODATA'],
  [95, 'EOPNOTSUPP'],
  [117, 'EUCLEAN'],
])('errno %i is %s', (number, name) => {
  expect(errnoName(number)).toBe(name);
  expect(errnoNumber(name)).toBe(number);
});

test('an errno without a name keeps its number', () => {
  expect(errnoName(4711)).toBe('errno 4711');
  expect(errnoNumber('ENOSUCH')).toBeUndefined();
});

describe('a pipe', () => {
  test('gives what was written, and its end', () => {
    using pipe = openPipe();
    writeSync(pipe.writeEnd, 'abc');
    pipe.close('writeEnd');
    const piece = Buffer.alloc(10);
    expect([readSync(pipe.readEnd, piece), readSync(pipe.readEnd, piece)]).toEqual([3, 0]);
    expect(piece.toString('latin1', 0, 3)).toBe('abc');
  });

  test('tells who writes that its reader has left', () => {
    using pipe = openPipe();
    pipe.close('readEnd');
    expect(() => writeSync(pipe.writeEnd, 'abc')).toThrow(expect.objectContaining({code: 'EPIPE'}));
  });

  test('is closed in programs that are started', () => {
    using pipe = openPipe();
    for (const fd of [pipe.readEnd, pipe.writeEnd]) {
      expect(spawnSync('test', ['-e', `/proc/self/fd/${fd}`]).status).toBe(1);
    }
  });
});
