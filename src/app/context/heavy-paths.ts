/** What should rarely be in a context: lines for an ignore file, with what each would save. */
import type {ListedPath} from '../../layer/source/context-listing.js';

export interface Suggestion {
  /** Line for the ignore file. */
  readonly pattern: string;
  readonly reason: string;
  readonly files: number;
  readonly bytes: number;
}

/** Name of a directory → why it is not wanted. */
const REASONS: Readonly<Record<string, string>> = {
  '.git': 'the history of the sources: every commit would change the context',
  '.hg': 'the history of the sources: every commit would change the context',
  '.svn': 'the history of the sources: every commit would change the context',
  node_modules: 'packages of this machine: install them in the image',
  '.venv': 'packages of this machine: install them in the image',
  venv: 'packages of this machine: install them in the image',
  bower_components: 'packages of this machine: install them in the image',
  __pycache__: 'compiled for this machine',
  '.tox': 'test environments of this machine',
  '.nox': 'test environments of this machine',
  '.mypy_cache': 'a cache',
  '.pytest_cache': 'a cache',
  '.ruff_cache': 'a cache',
  '.gradle': 'a cache',
  '.terraform': 'providers of this machine',
  '.next': 'made by a build',
  '.nuxt': 'made by a build',
};

const LARGE = 50e6;

/** The heaviest first. */
export function heavyPaths(listed: Iterable<ListedPath>): Suggestion[] {
  const found = new Map<string, Suggestion>();
  for (const entry of listed) {
    if (!entry.kept) continue;
    const {pattern, reason} = suggestionFor(entry) ?? {};
    if (pattern === undefined || reason === undefined) continue;
    const {files = 0, bytes = 0} = found.get(pattern) ?? {};
    found.set(pattern, {
      pattern,
      reason,
      files: files + entry.files,
      bytes: bytes + entry.bytes,
    });
  }
  return [...found.values()].sort((left, right) => right.bytes - left.bytes);
}

function suggestionFor({
  path,
  bytes,
}: ListedPath): Pick<Suggestion, 'pattern' | 'reason'> | undefined {
  const names = path.split('/').slice(0, -1);
  const at = names.findIndex((name) => Object.hasOwn(REASONS, name));
  const name = names[at];
  if (name !== undefined) {
    return {pattern: at === 0 ? name : `**/${name}`, reason: REASONS[name] as string};
  }
  return bytes >= LARGE ? {pattern: literal(path), reason: 'a large file'} : undefined;
}

/** The path itself, whatever its characters mean in a pattern. */
const literal = (path: string): string => path.replaceAll(/[*?[\]\\]/g, '\\$&');
