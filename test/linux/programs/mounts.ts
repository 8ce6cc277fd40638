/** Mounts in a namespace of its own and tells, as JSON, what it saw. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {TsbuildError} from '../../../src/base/error.js';
import {bindMount, mount, mountOverlay, unmount} from '../../../src/linux/mount.js';
import {makeWhiteout} from '../../../src/linux/node.js';
import {mountOverlayByPage} from '../../../src/linux/overlay-by-page.js';
import {tryOverlay} from '../../../src/linux/overlay-trial.js';
import {lgetxattr, lsetxattr} from '../../../src/linux/xattr.js';

const base = mkdtempSync(join(tmpdir(), 'mounts-'));

function folder(name: string, files: Readonly<Record<string, string>> = {}): string {
  const path = join(base, name);
  mkdirSync(path, {recursive: true});
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
}

function codeOf(action: () => void): string {
  try {
    action();
    return 'no error';
  } catch (error) {
    if (!(error instanceof TsbuildError))
      return (error as NodeJS.ErrnoException).code ?? String(error);
    return `${error.code} ${'errno' in error ? error.errno : ''}`.trim();
  }
}

/** Each directory has a file of its own and one that all have; the uppermost takes one away. */
function deep(
  count: number,
  mountIt = mountOverlay,
): {names: number; top: string; bottom: string; hidden: boolean} {
  const lowers = Array.from({length: count}, (_, at) =>
    folder(`deep-${mountIt.name}-${count}/${at},with:strange\\name`, {
      [`own-${at}`]: `${at}`,
      top: `${at}`,
      ...(at === 0 ? {gone: ''} : {}),
    }),
  ).reverse();
  const target = folder('target');
  makeWhiteout(join(lowers[0] ?? '', 'gone'));
  mountIt({lowers, target});
  const names = readdirSync(target);
  const seen = {
    names: names.length,
    top: readFileSync(join(target, 'top'), 'utf8'),
    bottom: readFileSync(join(target, 'own-0'), 'utf8'),
    hidden: !existsSync(join(target, 'gone')),
  };
  const readOnly = codeOf(() => writeFileSync(join(target, 'x'), ''));
  unmount(target);
  return {...seen, ...(readOnly === 'EROFS' ? {} : {readOnly})};
}

function writable(mountIt = mountOverlay) {
  const lowers = [folder(`${mountIt.name}/lower`, {removed: '', changed: 'old', kept: ''})];
  mkdirSync(join(lowers[0] ?? '', 'opaque'));
  writeFileSync(join(lowers[0] ?? '', 'opaque/below'), '');
  const [upper, work, target] = ['upper,', 'work', 'merged'].map((one) =>
    folder(`${mountIt.name}/${one}`),
  ) as [string, string, string];
  mountIt({lowers, upper, work, target, volatile: true});
  const options = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .find((line) => line.includes(` ${target} `));
  rmSync(join(target, 'removed'));
  writeFileSync(join(target, 'changed'), 'new');
  rmSync(join(target, 'opaque'), {recursive: true});
  mkdirSync(join(target, 'opaque'));
  unmount(target, {detach: true});
  return {
    upper: readdirSync(upper).sort(),
    changed: readFileSync(join(upper, 'changed'), 'utf8'),
    opaque: lgetxattr(join(upper, 'opaque'), 'user.overlay.opaque')?.toString(),
    userxattr: /\buserxattr\b/.test(options ?? ''),
    volatile: /\bvolatile\b/.test(options ?? ''),
    after: readdirSync(target),
  };
}

function single() {
  const [lower, target] = [folder('single', {file: 'text'}), folder('single-target')];
  mountOverlay({lowers: [lower], target});
  const seen = {
    file: readFileSync(join(target, 'file'), 'utf8'),
    write: codeOf(() => writeFileSync(join(target, 'file'), '')),
  };
  unmount(target);
  return seen;
}

/** A mark that an opaque directory of our own dialect makes. */
function opaqueLower() {
  const [below, above, target] = [
    folder('ob/dir', {x: ''}),
    folder('oa/dir', {y: ''}),
    folder('ot'),
  ];
  lsetxattr(above, 'user.overlay.opaque', 'y');
  mountOverlay({lowers: [join(above, '..'), join(below, '..')], target});
  const names = readdirSync(join(target, 'dir'));
  unmount(target);
  return names;
}

function binds() {
  const [source, target] = [folder('bind', {file: 'text'}), folder('bind-target')];
  mount({source: 'tmpfs', target: source, type: 'tmpfs', flags: 2 | 4 | 8, data: 'size=1m'});
  bindMount(source, target, {readOnly: true});
  const line = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .find((one) => one.includes(` ${target} `));
  const write = codeOf(() => writeFileSync(join(target, 'x'), ''));
  unmount(target);
  unmount(source);
  return {
    write,
    flags: line
      ?.split(' ')[5]
      ?.split(',')
      .filter((flag) => flag !== 'relatime')
      .sort(),
  };
}

const result = {
  deep: [deep(2), deep(300), deep(500)],
  deepByPage: [deep(2, mountOverlayByPage), deep(180, mountOverlayByPage)],
  tooDeepByPage: codeOf(() => deep(300, mountOverlayByPage)),
  writableByPage: writable(mountOverlayByPage),
  tooDeep: codeOf(() => mountOverlay({lowers: new Array<string>(501).fill(base), target: base})),
  writable: writable(),
  single: single(),
  opaqueLower: opaqueLower(),
  binds: binds(),
  missing: codeOf(() => mountOverlay({lowers: [join(base, 'no'), base], target: folder('m')})),
  noTarget: codeOf(() =>
    mountOverlay({lowers: [folder('a'), folder('b')], target: join(base, 'no')}),
  ),
  notMounted: codeOf(() => unmount(base)),
  trial: tryOverlay(base) ?? 'works',
};
rmSync(base, {recursive: true});
process.stdout.write(JSON.stringify(result));
