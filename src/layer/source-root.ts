/** Paths of a COPY's source inside its root: symlinks lead inside, `..` stops at the root. */
import {readdirSync, readlinkSync, type Stats} from 'node:fs';
import {asPath, type ByteString, fromText, toText} from '../archive/byte-string.js';
import {SymlinkLoopError} from '../linux/errors.js';
import {compileGlob, hasWildcard} from './glob.js';
import {lstat} from './lower-stack.js';
import {isDirectory, isSymlink} from './overlay-form.js';

/** A file of the root; `path` is relative to it, '' for the root itself, free of symlinks. */
export interface Located {
  readonly path: ByteString;
  readonly stat: Stats;
}

const MAX_LINKS = 40;

/** Follows symlinks, the last component's too. Undefined when there is no such file. */
export function locate(root: ByteString, path: ByteString): Located | undefined {
  const pending = path.split('/').reverse();
  let names: ByteString[] = [];
  let stat = lstat(root);
  let links = 0;
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === '' || name === '.') continue;
    if (stat === undefined || !isDirectory(stat)) return undefined;
    if (name === '..') {
      names = names.slice(0, -1);
      continue;
    }
    const next = lstat([root, ...names, name].join('/'));
    if (next === undefined) return undefined;
    if (isSymlink(next)) {
      if (++links > MAX_LINKS) throw new SymlinkLoopError(toText(root), toText(path));
      const target = readlinkSync(asPath([root, ...names, name].join('/')), 'latin1');
      if (target.startsWith('/')) names = [];
      pending.push(...target.split('/').reverse());
      continue;
    }
    names.push(name);
    stat = next;
  }
  if (stat === undefined) return undefined;
  // After `..` the last stat is of another place.
  const final = lstat([root, ...names].join('/'));
  return final === undefined ? undefined : {path: names.join('/'), stat: final};
}

/**
 * The paths a source with wildcards matches, sorted; directories on the way are not followed through symlinks, as in
 * Go's filepath.Walk. `source` is cleaned text. Throws BadPatternError.
 */
export function expand(root: ByteString, source: string): ByteString[] {
  const components = source.split('/').filter((name) => name !== '');
  const first = components.findIndex(hasWildcard);
  const fixed = locate(root, components.slice(0, first).map(fromText).join('/'));
  if (fixed === undefined || !isDirectory(fixed.stat)) return [];
  let paths = [fixed.path];
  for (const component of components.slice(first)) {
    paths = paths.flatMap((path) => below(root, path, component));
  }
  return paths;
}

function below(root: ByteString, path: ByteString, component: string): ByteString[] {
  const directory = path === '' ? root : `${root}/${path}`;
  const stat = lstat(directory);
  if (stat === undefined || !isDirectory(stat)) return [];
  const join = (name: ByteString) => (path === '' ? name : `${path}/${name}`);
  if (!hasWildcard(component)) {
    const name = fromText(component);
    return lstat(`${directory}/${name}`) === undefined ? [] : [join(name)];
  }
  const matches = compileGlob(component);
  return readdirSync(asPath(directory), 'latin1')
    .filter((name) => matches(toText(name)))
    .sort()
    .map(join);
}
