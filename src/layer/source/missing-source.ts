import {readdirSync} from 'node:fs';
import {posix} from 'node:path';
import {asPath, fromText, toText} from '../../archive/byte-string.js';
import {SourceMissingError} from '../errors.js';
import {IgnorePatterns} from './ignore-patterns.js';
import {nearNames} from './near-names.js';
import {locate} from './source-root.js';

/** The error for a source that is not there, or that .dockerignore hides; `path` is text, relative to the root. */
export function missingSource(
  request: {readonly root: string; readonly ignore?: readonly string[]},
  path: string,
): SourceMissingError {
  const root = fromText(request.root);
  const found = locate(root, fromText(path));
  if (found !== undefined) {
    const ignore = request.ignore ?? [];
    const patterns = new IgnorePatterns(ignore);
    const own = patterns.matchPath(path);
    const match = own.ignored ? own : patterns.matchPath(toText(found.path));
    const pattern = ignore[match.decidedBy];
    const by = pattern === undefined ? '' : ` by the pattern ${JSON.stringify(pattern.trim())}`;
    return new SourceMissingError(path, `The ignore file excludes it${by}.`);
  }
  const near = nearNames(posix.basename(path), siblings(root, posix.dirname(path)));
  return new SourceMissingError(
    path,
    near.length === 0 ? undefined : `Did you mean ${near.map((name) => `"${name}"`).join(' or ')}?`,
  );
}

function siblings(root: string, directory: string): string[] {
  const parent = locate(root, fromText(directory));
  if (parent?.stat.isDirectory() !== true) return [];
  return readdirSync(asPath(`${root}/${parent.path}`), 'latin1').map(toText);
}
