import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {mountOverlay, unmount} from '../../src/linux/mount.js';
import {makeFoundation} from '../../src/sandbox/foundation.js';
import {makeMountPoints} from '../../src/sandbox/mount-points.js';
import {cleanTarget, type MountTarget, mountTargets} from '../../src/sandbox/mount-target.js';

const isRoot = process.getuid?.() === 0;
const LONG_AGO = 1_000_000_000;

function temporaryDirectory() {
  const path = mkdtempSync(join(tmpdir(), 'mount-points-'));
  return {path, [Symbol.dispose]: () => rmSync(path, {recursive: true, force: true})};
}

test.each(['etc/hosts', '', '/', '/a/../../b', '/..', '/a\0b', '//'])(
  'a mount target %j is refused',
  (path) => {
    expect(() => cleanTarget(path)).toThrow(expect.objectContaining({code: 'E_MOUNT_POINT'}));
  },
);

test('targets inside another mount of the same run need nothing in the root', () => {
  const mount = {type: 'tmpfs', source: 'tmpfs', options: []};
  const targets = mountTargets({
    mounts: ['/dev', '/dev/pts', '/developer', '/data/', '/data/sub'].map((destination) => ({
      ...mount,
      destination,
    })),
  });
  expect(targets.map(({path}) => path)).toEqual(['/dev', '/developer', '/data']);
});

test('a bind whose source is missing is refused', () => {
  const mounts = [{destination: '/x', type: 'bind', source: '/no/such/file', options: []}];
  expect(() => mountTargets({mounts})).toThrow(expect.objectContaining({code: 'E_MOUNT_POINT'}));
});

describe('the foundation', () => {
  const cache: MountTarget = {path: '/root/.cache/pip', kind: 'directory'};

  test('is one directory for each set of targets, whatever their order', () => {
    using directory = temporaryDirectory();
    const other: MountTarget = {path: '/run/secrets/token', kind: 'file'};
    const first = makeFoundation(directory.path, [cache, other]);
    expect(makeFoundation(directory.path, [other, cache])).toBe(first);
    expect(makeFoundation(directory.path)).not.toBe(first);
    expect(readdirSync(directory.path)).toHaveLength(2);
  });

  test('holds the targets with the modes of a Linux system, whatever the umask', () => {
    using directory = temporaryDirectory();
    const before = process.umask(0o077);
    try {
      const path = makeFoundation(directory.path, [cache]);
      const modes = ['etc/hosts', 'etc', 'root/.cache', 'root/.cache/pip', 'proc', ''].map((name) =>
        (lstatSync(join(path, name)).mode & 0o7777).toString(8),
      );
      expect(modes).toEqual(['644', '755', '755', '755', '555', '755']);
    } finally {
      process.umask(before);
    }
  });

  test('refuses a target below a file', () => {
    using directory = temporaryDirectory();
    const below: MountTarget = {path: '/etc/hosts/x', kind: 'directory'};
    expect(() => makeFoundation(directory.path, [below])).toThrow(
      expect.objectContaining({code: 'E_MOUNT_POINT'}),
    );
    expect(readdirSync(directory.path)).toEqual([]);
  });
});

/** An overlay of one image layer and an empty upper directory, mounted. */
function mountedImage(fill: (image: string) => void) {
  const directory = temporaryDirectory();
  const [image, upper, work, path] = ['image', 'upper', 'work', 'root'].map((name) => {
    const folder = join(directory.path, name);
    mkdirSync(folder);
    return folder;
  }) as [string, string, string, string];
  fill(image);
  const foundation = makeFoundation(join(directory.path, 'foundation'));
  mountOverlay({lowers: [image, foundation], upper, work, target: path});
  let mounted = true;
  const leave = (): void => {
    if (mounted) unmount(path);
    mounted = false;
  };
  return {
    path,
    upper,
    unmount: leave,
    [Symbol.dispose]: () => {
      leave();
      directory[Symbol.dispose]();
    },
  };
}

const resolvConf: MountTarget = {path: '/etc/resolv.conf', kind: 'file'};

/** As Ubuntu has it: a link to where systemd-resolved would write. */
function linkedImage(image: string): void {
  mkdirSync(join(image, 'etc'));
  mkdirSync(join(image, 'run'));
  symlinkSync('../run/systemd/resolve/stub-resolv.conf', join(image, 'etc/resolv.conf'));
  utimesSync(join(image, 'run'), LONG_AGO, LONG_AGO);
}

describe.skipIf(!isRoot)('in a mounted image (needs root)', () => {
  test('a target that the foundation shows is not made', () => {
    using image = mountedImage(() => undefined);
    expect(makeMountPoints(image, [resolvConf]).made).toBe(0);
    expect(readdirSync(image.upper)).toEqual([]);
  });

  test('the target of a dangling link is made, and nothing of it stays', () => {
    using image = mountedImage(linkedImage);
    const points = makeMountPoints(image, [resolvConf]);
    expect(points.made).toBe(3);
    expect(existsSync(join(image.path, 'run/systemd/resolve/stub-resolv.conf'))).toBe(true);
    expect(lstatSync(join(image.path, 'run')).mtimeMs).toBe(LONG_AGO * 1000);
    points.remove();
    expect(readdirSync(join(image.path, 'run'))).toEqual([]);
    image.unmount();
    points.prune();
    expect(readdirSync(image.upper)).toEqual([]);
  });

  test('a link that leads out of the root is made inside it', () => {
    using image = mountedImage((path) => {
      mkdirSync(join(path, 'etc'));
      symlinkSync('../../../../../../escape/file', join(path, 'etc/resolv.conf'));
    });
    const points = makeMountPoints(image, [resolvConf]);
    expect(existsSync(join(image.path, 'escape/file'))).toBe(true);
    points.remove();
    image.unmount();
    points.prune();
    expect(readdirSync(image.upper)).toEqual([]);
  });

  test('a link to itself is refused', () => {
    using image = mountedImage((path) => {
      mkdirSync(join(path, 'etc'));
      symlinkSync('resolv.conf', join(path, 'etc/resolv.conf'));
    });
    expect(() => makeMountPoints(image, [resolvConf])).toThrow(
      expect.objectContaining({code: 'E_MOUNT_POINT'}),
    );
  });

  test('a file in the way of a directory is refused', () => {
    using image = mountedImage((path) => writeFileSync(join(path, 'data'), ''));
    expect(() => makeMountPoints(image, [{path: '/data/x', kind: 'directory'}])).toThrow(
      expect.objectContaining({code: 'E_MOUNT_POINT'}),
    );
  });

  test('what the process itself changed stays', () => {
    using image = mountedImage(linkedImage);
    const points = makeMountPoints(image, [resolvConf]);
    writeFileSync(join(image.path, 'run/app.pid'), '1');
    points.remove();
    image.unmount();
    points.prune();
    expect(readdirSync(join(image.upper, 'run'))).toEqual(['app.pid']);
    expect(lstatSync(join(image.upper, 'run')).mtimeMs).toBeGreaterThan(LONG_AGO * 1000);
  });

  test('an empty folder outside that looks like what was copied up is not taken for it', () => {
    using image = mountedImage((path) => {
      mkdirSync(join(path, 'var/run'), {recursive: true});
      mkdirSync(join(path, 'etc'));
      symlinkSync('/var/run/none', join(path, 'etc/resolv.conf'));
      utimesSync(join(path, 'var/run'), LONG_AGO, LONG_AGO);
    });
    using outside = temporaryDirectory();
    mkdirSync(join(outside.path, 'run'));
    utimesSync(join(outside.path, 'run'), LONG_AGO, LONG_AGO);
    const points = makeMountPoints(image, [resolvConf]);
    points.remove();
    rmSync(join(image.path, 'var'), {recursive: true});
    symlinkSync(outside.path, join(image.path, 'var'));
    image.unmount();
    points.prune();
    expect(readdirSync(outside.path)).toEqual(['run']);
  });

  test('a folder whose mode the process changed stays', () => {
    using image = mountedImage(linkedImage);
    const points = makeMountPoints(image, [resolvConf]);
    chmodSync(join(image.path, 'run'), 0o700);
    points.remove();
    image.unmount();
    points.prune();
    expect(readdirSync(image.upper)).toEqual(['run']);
    expect(lstatSync(join(image.upper, 'run')).mtimeMs).toBe(LONG_AGO * 1000);
  });
});
