/** Paths of a COPY's source inside its root: symlinks lead inside, `..` stops at the root. */
import {readdirSync, readlinkSync, type Stats} from 'node:fs';
import {asPath, type ByteString, fromText, toText} from '../../archive/byte-string.js';
import {isDirectory, isSymlink} from '../overlay-form.js';
import {lstat} from '../target/lower-stack.js';
import {PendingPath} from '../target/pending-path.js';
import {compileGlob, hasWildcard} from './glob.js';

/** A file of the root; `path` is relative to it, '' for the root itself, free of symlinks. */
export interface Located {
  readonly path: ByteString;
  readonly stat: Stats;
}

/** Follows symlinks, the last component's too. Undefined when there is no such file. */
export function locate(root: ByteString, path: ByteString): Located | undefined {
  const pending = new PendingPath(root, path);
  /** What was walked through, the root first. */
  let walked = [{name: root, stat: lstat(root)}];
  for (let name = pending.next(); name !== undefined; name = pending.next()) {
    const here = walked.at(-1)?.stat;
    if (here === undefined || !isDirectory(here)) return undefined;
    if (name === '..') {
      walked = walked.slice(0, Math.max(1, walked.length - 1));
      continue;
    }
    const place = [...walked.map((step) => step.name), name].join('/');
    const stat = lstat(place);
    if (stat === undefined) return undefined;
    if (!isSymlink(stat)) {
      walked.push({name, stat});
      continue;
    }
    const target = readlinkSync(asPath(place), 'latin1');
    if (target.startsWith('/')) walked = walked.slice(0, 1);
    pending.follow(target);
  }
  const stat = walked.at(-1)?.stat;
  const names = walked.slice(1).map((step) => step.name);
  return stat === undefined ? undefined : {path: names.join('/'), stat};
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
