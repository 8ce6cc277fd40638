import {
  closeSync,
  constants as fs,
  fstatSync,
  mkdirSync,
  readSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {openInsideRoot, resolveInsideRoot} from '../../src/linux/inside-root.js';
import {temporaryFolder} from '../helpers/temporary-folder.js';

/** root/ with a file, folders and links, beside a file that must stay out of reach. */
function hostileRoot() {
  const folder = temporaryFolder();
  const root = join(folder.path, 'root');
  mkdirSync(join(root, 'etc/deep'), {recursive: true});
  writeFileSync(join(folder.path, 'secret'), 'outside');
  writeFileSync(join(root, 'secret'), 'inside');
  writeFileSync(join(root, 'etc/passwd'), 'passwd');
  const links: Readonly<Record<string, string>> = {
    absolute: '/secret',
    climbing: '../../../../secret',
    'etc/deep/up': '../..',
    'folder-link': '/etc',
    chain: 'chain2',
    chain2: '/folder-link/passwd',
    loop: 'loop',
    ping: 'pong',
    pong: 'ping',
    dangling: '/no/such/file',
    out: '/',
    'etc/deep/dots': '../.././../../secret',
  };
  for (const [path, target] of Object.entries(links)) symlinkSync(target, join(root, path));
  // 41 links in a row: one more than the kernel follows.
  for (let at = 0; at < 41; at++)
    symlinkSync(at === 0 ? 'secret' : `row${at - 1}`, join(root, `row${at}`));
  return {root, [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose]()};
}

const cases = [
  {path: '/loop', lands: 'E_SYMLINK_LOOP'},
  {path: '/loop/x', lands: 'E_SYMLINK_LOOP'},
  {path: '/ping', lands: 'E_SYMLINK_LOOP'},
  {path: '/row40', lands: 'E_SYMLINK_LOOP'},
  {path: '/row39', lands: '/secret'},
  {path: '/absolute', lands: '/secret'},
  {path: '/climbing', lands: '/secret'},
  {path: '../../../secret', lands: '/secret'},
  {path: '/etc/deep/up/secret', lands: '/secret'},
  {path: '/etc/deep/dots', lands: '/secret'},
  {path: '/folder-link/../secret', lands: '/secret'},
  {path: '/out/out/out/secret', lands: '/secret'},
  {path: 'chain', lands: '/etc/passwd'},
  {path: '/etc//./passwd', lands: '/etc/passwd'},
  {path: '/dangling', lands: '/no/such/file', missing: true},
  {path: '/new/folder/file', lands: '/new/folder/file', missing: true},
  {path: '/missing/../absolute', lands: '/secret', missing: true},
  {path: '/missing/../../../climbing', lands: '/secret', missing: true},
  {path: '/etc/passwd/below', lands: '/etc/passwd/below', missing: true},
  {path: '', lands: '/'},
  {path: '/', lands: '/'},
  {path: '/..', lands: '/'},
];

describe('a path inside a root', () => {
  test.each(cases)('"$path" resolves to $lands', async ({path, lands}) => {
    await using folder = hostileRoot();
    if (lands.startsWith('E_')) {
      expect(() => resolveInsideRoot(folder.root, path)).toThrow(
        expect.objectContaining({code: lands}),
      );
    } else {
      expect(resolveInsideRoot(folder.root, path)).toBe(`${folder.root}${lands}`);
    }
  });

  test.each(cases)(
    '"$path" opens where it resolves to, or not at all',
    async ({path, lands, missing}) => {
      await using folder = hostileRoot();
      const open = (): number => openInsideRoot(folder.root, path, {flags: fs.O_RDONLY});
      if (lands.startsWith('E_')) {
        expect(open).toThrow(expect.objectContaining({code: lands}));
        return;
      }
      if (missing) {
        expect(open).toThrow(
          expect.objectContaining({
            code: 'E_SYSCALL',
            errno: expect.stringMatching(/^ENO(ENT|TDIR)$/),
          }),
        );
        return;
      }
      const fd = open();
      try {
        const text = Buffer.alloc(16);
        const content = fstatSync(fd).isDirectory()
          ? 'a folder'
          : text.toString('utf8', 0, readSync(fd, text));
        const expected: Readonly<Record<string, string>> = {
          '/secret': 'inside',
          '/etc/passwd': 'passwd',
          '/': 'a folder',
        };
        expect(content).toBe(expected[lands]);
      } finally {
        closeSync(fd);
      }
    },
  );

  test('a last link is not followed when that is asked for', async () => {
    await using folder = hostileRoot();
    const {root} = folder;
    expect(resolveInsideRoot(root, '/folder-link/deep/up', {followLast: false})).toBe(
      `${root}/etc/deep/up`,
    );
    expect(resolveInsideRoot(root, '/loop', {followLast: false})).toBe(`${root}/loop`);
    expect(() => openInsideRoot(root, '/absolute', {flags: fs.O_RDONLY | fs.O_NOFOLLOW})).toThrow(
      expect.objectContaining({errno: 'ELOOP'}),
    );
  });

  test('the root may be the root', () => {
    expect(resolveInsideRoot('/', '/../proc/self/../version')).toMatch(/^\/proc\/version$/);
  });
});
