/** `context`: which files of a directory a build would see, and which line of the ignore file decided. */
import {resolve} from 'node:path';
import {parseSize} from '../../base/parse-size.js';
import {type ListedPath, listContext} from '../../layer/source/context-listing.js';
import {IgnorePatterns} from '../../layer/source/ignore-patterns.js';
import {ContextBudgetError, InvalidOptionError} from '../errors.js';
import {contextDirectory} from './build-context.js';
import {heavyPaths, type Suggestion} from './heavy-paths.js';
import {type IgnoreFile, patternsOf, readIgnoreFile} from './ignore-file.js';

export interface ContextEntry extends Omit<ListedPath, 'pattern'> {
  /** Absent where no line matches, and the path is kept for that. */
  readonly rule?: {readonly file: string; readonly line: number; readonly pattern: string};
}

interface Total {
  readonly files: number;
  readonly bytes: number;
}

export interface ContextInspection {
  /** Absolute. */
  readonly directory: string;
  readonly ignoreFile?: string;
  readonly entries: readonly ContextEntry[];
  readonly kept: Total;
  readonly ignored: Total;
  readonly suggestions: readonly Suggestion[];
}

export interface InspectContextRequest {
  readonly directory: string;
  /** Whose ignore file comes first, when it has one of its own. */
  readonly dockerfile?: string;
}

export function inspectContext({directory, dockerfile}: InspectContextRequest): ContextInspection {
  const root = contextDirectory(directory);
  const named = dockerfile ?? 'Dockerfile';
  const ignore = readIgnoreFile(
    root,
    dockerfile === undefined ? resolve(root, named) : resolve(named),
  );
  const listed = [...listContext(root, new IgnorePatterns(patternsOf(ignore)))];
  return {
    directory: root,
    ...(ignore.name === undefined ? {} : {ignoreFile: ignore.name}),
    entries: listed.map((entry) => withRule(entry, ignore)),
    kept: total(listed.filter(({kept}) => kept)),
    ignored: total(listed.filter(({kept}) => !kept)),
    suggestions: heavyPaths(listed),
  };
}

/** Throws ContextBudgetError when more is kept than `budget`, a size like 20MB. */
export function checkBudget({kept, suggestions}: ContextInspection, budget: string): void {
  const limit = parseSize(budget, {thousand: 1000});
  if (limit === undefined) {
    throw new InvalidOptionError(
      '--budget',
      `want a size like 20MB, got ${JSON.stringify(budget)}`,
    );
  }
  if (kept.bytes > limit) throw new ContextBudgetError({limit, got: kept.bytes}, suggestions);
}

function withRule({pattern, ...entry}: ListedPath, {name = '', rules}: IgnoreFile): ContextEntry {
  const rule = pattern === undefined ? undefined : rules[pattern];
  return rule === undefined ? entry : {...entry, rule: {file: name, ...rule}};
}

const total = (entries: readonly ListedPath[]): Total => ({
  files: entries.reduce((sum, {files}) => sum + files, 0),
  bytes: entries.reduce((sum, {bytes}) => sum + bytes, 0),
});
