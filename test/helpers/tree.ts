/** Small file trees: made from a description, and read back as one. */
import {
  chmodSync,
  constants,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';
import {asPath, toText} from '../../src/archive/byte-string.js';
import {deviceMajor, deviceMinor} from '../../src/linux/node.js';
import {lgetxattr, llistxattr} from '../../src/linux/xattr.js';

/** Path → content; a path that ends with a slash is a directory; `{link}` is a symlink. */
export type Tree = Record<
  string,
  string | {readonly link: string} | {readonly mode: number; readonly content?: string}
>;

/** Everything gets the same time, in seconds. */
export function makeTree(root: string, tree: Tree, time = 1_600_000_000): void {
  mkdirSync(root, {recursive: true});
  for (const [name, what] of Object.entries(tree)) makeFile(join(root, name), what);
  for (const path of walk(root)) lutimesSync(asPath(path), time, time);
  lutimesSync(root, time, time);
}

function makeFile(path: string, what: Tree[string]): void {
  const isDirectory = path.endsWith('/');
  mkdirSync(isDirectory ? path : dirname(path), {recursive: true});
  if (typeof what === 'string') {
    if (!isDirectory) writeFileSync(path, what);
    return;
  }
  if ('link' in what) {
    symlinkSync(what.link, path);
    return;
  }
  if (!isDirectory) writeFileSync(path, what.content ?? '');
  chmodSync(path, what.mode);
}

/** Byte strings: a name need not be UTF-8. */
function* walk(directory: string): Generator<string> {
  for (const name of readdirSync(asPath(directory), 'latin1')) {
    const path = `${directory}/${name}`;
    if (lstatSync(asPath(path)).isDirectory()) yield* walk(path);
    yield path;
  }
}

/** One line for each file, sorted: path, type and mode, then content, target, device or attributes. */
export function describeTree(root: string, {owners = false, times = false} = {}): string[] {
  return [...walk(root)].sort().map((path) => {
    const stat = lstatSync(asPath(path));
    const facts = [`${typeOf(stat.mode)}${(stat.mode & 0o7777).toString(8).padStart(4, '0')}`];
    if (owners) facts.push(`${stat.uid}:${stat.gid}`);
    if (times) facts.push(String(Math.floor(stat.mtimeMs / 1000)));
    if (stat.isSymbolicLink()) facts.push(`-> ${readlinkSync(asPath(path))}`);
    else if (stat.isFile())
      facts.push(JSON.stringify(readFileSync(asPath(path), 'latin1').slice(0, 60)));
    else if (stat.rdev !== 0 || stat.isCharacterDevice())
      facts.push(`${deviceMajor(stat.rdev)}/${deviceMinor(stat.rdev)}`);
    if (!stat.isSymbolicLink()) facts.push(...xattrsOf(path));
    return `${toText(path.slice(root.length + 1))} ${facts.join(' ')}`;
  });
}

const xattrsOf = (path: string): string[] =>
  [...llistxattr(asPath(path))]
    .sort()
    .map((name) => `${name}=${lgetxattr(asPath(path), name)?.toString('latin1')}`);

const letters = new Map([
  [constants.S_IFDIR, 'd'],
  [constants.S_IFREG, 'f'],
  [constants.S_IFLNK, 'l'],
  [constants.S_IFCHR, 'c'],
  [constants.S_IFBLK, 'b'],
  [constants.S_IFIFO, 'p'],
  [constants.S_IFSOCK, 's'],
]);
const typeOf = (mode: number): string => letters.get(mode & constants.S_IFMT) ?? '?';
